#include "ui/main_window/cut_control.h"
#include "ui/main_window/main_window.h"
#include "ui/models/cell_text.h"
#include "ui/pages/cut_page.h"
#include "ui/pages/tables_page.h"

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

/// What to change of a subject, and what comes of it.
void MainWindow::connectCut() {
    m_tables->cut()->setActions(
        {m_actions.at(Command::showHardened), m_actions.at(Command::copyChanges),
         m_actions.at(Command::saveHardened)});
    connect(m_actions.at(Command::cut), &QAction::triggered, this, &MainWindow::showCut);
    connect(m_actions.at(Command::showHardened), &QAction::triggered, m_cut, &CutControl::setShown);
    connect(m_actions.at(Command::copyChanges), &QAction::triggered, m_cut, &CutControl::copy);
    connect(m_actions.at(Command::saveHardened), &QAction::triggered, this, &MainWindow::chooseHardenedFile);
    connect(m_cut, &CutControl::changed, this, &MainWindow::updateControls);
    connect(m_cut, &CutControl::said, this, [this](const QString& words) {
        statusBar()->showMessage(words, kMessageMs);
    });
}

void MainWindow::showCut() {
    m_tablesDock->show();
    m_tablesDock->raise();
    m_tables->setCurrentWidget(m_tables->cut());
    m_tables->cut()->view()->setFocus(Qt::ShortcutFocusReason);
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
