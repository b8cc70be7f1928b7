#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"
#include "ui/models/workspace.h"

#include <QStackedWidget>

class QMimeData;

namespace bulkhead::canvas {
class DiagramView;
}

namespace bulkhead::pages {

/// The canvas over the workspace: what the user does to cells and columns becomes edits of the workspace.
class CanvasPage : public QStackedWidget {
    Q_OBJECT

public:
    /// `empty` is shown while there is no column.
    CanvasPage(models::Workspace& workspace, QWidget* empty, QWidget* parent = nullptr);

    [[nodiscard]] canvas::DiagramView* view() const { return m_view; }
    /// Whether columns can come of it: subjects of the list, files, a text.
    [[nodiscard]] static bool accepts(const QMimeData& mime);
    /// What was dropped or pasted.
    void take(const QMimeData& mime);
    /// The ways of attacks that are drawn beside the columns.
    void setLanes(std::vector<diagram::AttackLane> lanes);

Q_SIGNALS:
    void filesDropped(const QStringList& paths);
    void textDropped(const QString& text);
    void menuRequested(int subject, const QPoint& globalPosition);
    void inspectRequested();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void connectView();
    void showDiagram();
    void showSelection();
    [[nodiscard]] std::vector<diagram::ColumnNote> previewNotes() const;
    void moveColumn(int from, int to);

    models::Workspace& m_workspace;
    canvas::DiagramView* m_view;
};

} // namespace bulkhead::pages
