#include "ui/pages/canvas_page.h"

#include "ui/canvas/diagram_view.h"
#include "ui/models/subject_model.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <algorithm>

namespace bulkhead::pages {

CanvasPage::CanvasPage(models::Workspace& workspace, QWidget* empty, QWidget* parent)
    : QStackedWidget(parent), m_workspace(workspace), m_view(new canvas::DiagramView) {
    addWidget(empty);
    addWidget(m_view);
    setAcceptDrops(true);
    m_view->setAccepts(&CanvasPage::accepts);
    connectView();
    connect(&workspace, &models::Workspace::diagramChanged, this, &CanvasPage::showDiagram);
    connect(&workspace, &models::Workspace::selectionChanged, this, &CanvasPage::showSelection);
    showDiagram();
}

void CanvasPage::connectView() {
    connect(m_view, &canvas::DiagramView::cursorMoved, this, [this](int row, int column) {
        const auto& rows = m_workspace.diagram().rows;
        m_workspace.select(
            {row < 0 ? std::string() : std::string(rows[static_cast<std::size_t>(row)].slot->id), column});
    });
    connect(m_view, &canvas::DiagramView::headActivated, this, [this](int column) {
        m_workspace.showOneSubject(m_workspace.oneSubject() >= 0 ? -1 : m_workspace.idOfColumn(column));
    });
    connect(m_view, &canvas::DiagramView::cellActivated, this, &CanvasPage::inspectRequested);
    connect(m_view, &canvas::DiagramView::removeRequested, this, [this](int column) {
        if (m_workspace.oneSubject() < 0) {
            m_workspace.removeColumn(m_workspace.idOfColumn(column));
        }
    });
    connect(m_view, &canvas::DiagramView::moveRequested, this, &CanvasPage::moveColumn);
    connect(m_view, &canvas::DiagramView::menuRequested, this, [this](int column, const QPoint& position) {
        Q_EMIT menuRequested(m_workspace.idOfColumn(column), position);
    });
    connect(m_view, &canvas::DiagramView::dropped, this, [this](const QMimeData* mime) { take(*mime); });
}

void CanvasPage::showDiagram() {
    m_view->setDiagram(m_workspace.diagram());
    m_view->setNotes(previewNotes());
    setCurrentIndex(m_workspace.diagram().columns.empty() ? 0 : 1);
    showSelection();
}

/// What is predicted is never taken for what runs.
std::vector<diagram::ColumnNote> CanvasPage::previewNotes() const {
    std::vector<diagram::ColumnNote> notes;
    for (std::size_t i = 0; i < m_workspace.diagram().columns.size(); ++i) {
        const models::LibraryEntry* entry = m_workspace.entry(m_workspace.idOfColumn(static_cast<int>(i)));
        if (entry != nullptr && entry->previewOf >= 0) {
            notes.push_back(
                {i,
                 {tr("preview: predicted, not run").toStdString(), tr("predicted, not run").toStdString(),
                  tr("predicted").toStdString()}});
        }
    }
    return notes;
}

void CanvasPage::setLanes(std::vector<diagram::AttackLane> lanes) {
    m_view->setLanes(std::move(lanes));
}

void CanvasPage::showSelection() {
    const models::Selection& selection = m_workspace.selection();
    const auto& rows = m_workspace.diagram().rows;
    const auto row =
        std::ranges::find_if(rows, [&](const diagram::Row& one) { return one.slot->id == selection.slot; });
    const int at = row == rows.end() ? -1 : static_cast<int>(row - rows.begin());
    m_view->setCursorCell({selection.column < 0 ? -1 : at, selection.column});
}

/// Columns of the picture may stand for several subjects; the subjects in front of which they stand decide.
void CanvasPage::moveColumn(int from, int to) {
    const auto& columns = m_workspace.diagram().columns;
    if (m_workspace.oneSubject() < 0) {
        m_workspace.moveColumn(
            columns[static_cast<std::size_t>(from)].subject, columns[static_cast<std::size_t>(to)].subject);
    }
}

bool CanvasPage::accepts(const QMimeData& mime) {
    const QList<QUrl> urls = mime.urls();
    return mime.hasFormat(QString::fromLatin1(models::kSubjectMime)) || mime.hasText() ||
           std::ranges::any_of(urls, [](const QUrl& url) { return url.isLocalFile(); });
}

void CanvasPage::take(const QMimeData& mime) {
    if (mime.hasFormat(QString::fromLatin1(models::kSubjectMime))) {
        std::vector<int> ids;
        for (const QByteArray& id : mime.data(QString::fromLatin1(models::kSubjectMime)).split(' ')) {
            ids.push_back(id.toInt());
        }
        m_workspace.addColumns(ids);
        return;
    }
    QStringList paths;
    for (const QUrl& url : mime.urls()) {
        if (url.isLocalFile()) {
            paths << url.toLocalFile();
        }
    }
    if (!paths.isEmpty()) {
        Q_EMIT filesDropped(paths); // their names are the text of it
    } else if (mime.hasText()) {
        Q_EMIT textDropped(mime.text());
    }
}

void CanvasPage::dragEnterEvent(QDragEnterEvent* event) {
    if (accepts(*event->mimeData())) {
        event->acceptProposedAction();
    }
}

void CanvasPage::dropEvent(QDropEvent* event) {
    if (accepts(*event->mimeData())) {
        event->acceptProposedAction();
        take(*event->mimeData());
    }
}

} // namespace bulkhead::pages
