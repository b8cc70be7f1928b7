#include "ui/main_window/cut_control.h"
#include "ui/main_window/main_window.h"
#include "ui/models/cell_text.h"
#include "ui/pages/cut_page.h"
#include "ui/pages/decisions_page.h"
#include "ui/pages/findings_page.h"
#include "ui/pages/tables_page.h"

#include <QComboBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QStatusBar>

namespace bulkhead::main_window {

namespace {

constexpr int kMessageMs = 8000;

} // namespace

/// What threatens the subjects, what to change of one, and what comes of it.
void MainWindow::connectCut() {
    m_tables->cut()->setActions(
        {m_actions.at(Command::showHardened), m_actions.at(Command::copyChanges),
         m_actions.at(Command::saveHardened)});
    connect(m_actions.at(Command::findings), &QAction::triggered, this, [this] {
        showTable(*m_tables->findings());
    });
    connect(m_actions.at(Command::decisions), &QAction::triggered, this, [this] {
        showTable(*m_tables->decisions());
    });
    connect(m_actions.at(Command::cut), &QAction::triggered, this, [this] { showTable(*m_tables->cut()); });
    connect(m_actions.at(Command::showHardened), &QAction::triggered, m_cut, &CutControl::setShown);
    connect(m_actions.at(Command::copyChanges), &QAction::triggered, m_cut, &CutControl::copy);
    connect(m_actions.at(Command::saveHardened), &QAction::triggered, this, &MainWindow::chooseHardenedFile);
    connect(m_cut, &CutControl::changed, this, &MainWindow::updateControls);
    connect(m_cut, &CutControl::said, this, [this](const QString& words) {
        statusBar()->showMessage(words, kMessageMs);
    });
}

/// Where a table has no rows yet, the keyboard is on what brings them.
void MainWindow::showTable(pages::TablePage& page) {
    m_tablesDock->show();
    m_tablesDock->raise();
    m_tables->setCurrentWidget(&page);
    QWidget* first = &page == m_tables->decisions() && page.view()->model()->rowCount() == 0
                         ? static_cast<QWidget*>(m_tables->decisions()->policies())
                         : page.view();
    first->setFocus(Qt::ShortcutFocusReason);
}

/// The dialog asks nothing about files that exist: saveHardened does, in words of its own.
void MainWindow::chooseHardenedFile() {
    if (!m_cut->canSave()) {
        return;
    }
    const QFileInfo suggested(m_cut->suggestedFile());
    auto* dialog = new QFileDialog(this, tr("Save hardened"), suggested.path());
    dialog->setObjectName(QStringLiteral("saveHardened"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);
    dialog->selectFile(suggested.fileName());
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveHardened);
    dialog->open();
}

void MainWindow::saveHardened(const QString& path) {
    if (!QFileInfo::exists(path)) {
        m_cut->saveTo(path);
        return;
    }
    const bool original = m_cut->isOriginal(path);
    auto* box = new QMessageBox(this);
    box->setObjectName(QStringLiteral("replaceFile"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Warning);
    box->setTextFormat(Qt::PlainText);
    box->setText(
        original ? tr("Replace %1, which the subject was read from?").arg(QFileInfo(path).fileName())
                 : tr("Replace %1?").arg(QFileInfo(path).fileName()));
    box->setInformativeText(
        original ? tr("Its values are kept but for the changes. Its comments, anchors and layout are not.")
                 : tr("What is in it is lost."));
    QPushButton* replace = box->addButton(tr("Replace"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    connect(box, &QMessageBox::buttonClicked, this, [this, path, replace](const QAbstractButton* button) {
        if (button == replace) {
            m_cut->saveTo(path);
        }
    });
    box->open();
}

} // namespace bulkhead::main_window
