#include "ui/canvas/diagram_view.h"
#include "ui/dialogs/subject_dialog.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/recent_files.h"
#include "ui/main_window/subject_loader.h"
#include "ui/models/cell_text.h"
#include "ui/pages/canvas_page.h"

#include <QDropEvent>
#include <QFileDialog>
#include <QInputDialog>
#include <QMimeData>
#include <QStatusBar>

namespace bulkhead::main_window {

namespace {

constexpr int kMessageMs = 8000;

QString aboutOf(const diagram::SubjectView& view) {
    const model::Snapshot& asked = *view.declared;
    QStringList parts;
    for (const std::string& part : {asked.group.role, asked.subject.image.ref}) {
        if (!part.empty()) {
            parts << models::toQString(part);
        }
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

/// What is dropped, pasted or opened goes the same way.
void MainWindow::connectIntake() {
    setAcceptDrops(true);
    connect(m_canvas, &pages::CanvasPage::filesDropped, this, &MainWindow::open);
    connect(m_canvas, &pages::CanvasPage::textDropped, m_loader, &SubjectLoader::openText);
    connect(m_loader, &SubjectLoader::choiceNeeded, this, &MainWindow::chooseSubjects);
    connect(m_loader, &SubjectLoader::opening, this, [this] { statusBar()->clearMessage(); });
    connect(
        m_loader, &SubjectLoader::opened, this, [this](const QString& reference, models::SubjectGroup group) {
            if (group == models::SubjectGroup::file) {
                m_recent->add(reference);
            }
        });
    connect(
        m_loader, &SubjectLoader::failed, this, [this](const QString& /*reference*/, const QString& error) {
            statusBar()->showMessage(error, kMessageMs);
        });
}

void MainWindow::chooseFiles() {
    open(QFileDialog::getOpenFileNames(
        this, tr("Open"), QString(),
        tr("Snapshots and configurations (*.json *.yaml *.yml);;All files (*)")));
}

void MainWindow::chooseName() {
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Open by name"));
    dialog->setLabelText(
        tr("docker:NAME, podman:NAME, oci:ID or pid:N of what runs; lab:NAME of a recording; or a file:"));
    dialog->setOkButtonText(tr("Open"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (!name.trimmed().isEmpty()) {
            open({name.trimmed()});
        }
    });
    dialog->open();
}

void MainWindow::chooseSubjects(const QString& document) {
    const std::size_t room = models::kMostColumns - m_workspace.state().columns.size();
    if (room == 0) {
        m_loader->choose({});
        statusBar()->showMessage(
            tr("Eight columns are as many as can be read side by side. Remove one with Delete first."),
            kMessageMs);
        return;
    }
    std::vector<dialogs::OfferedSubject> offered;
    for (const diagram::SubjectView& view : m_loader->offered()) {
        offered.push_back({models::toQString(view.name), aboutOf(view)});
    }
    auto* dialog = new dialogs::SubjectDialog(document, offered, room, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::finished, this, [this, dialog](int result) {
        m_loader->choose(result == QDialog::Accepted ? dialog->chosen() : std::vector<std::size_t>());
    });
    dialog->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (pages::CanvasPage::accepts(*event->mimeData())) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    m_canvas->take(*event->mimeData());
}

} // namespace bulkhead::main_window
