#pragma once

#include "core/diagram/palette.h"
#include "ui/canvas/diagram_items.h"

#include <QGraphicsView>
#include <QStringList>
#include <functional>
#include <memory>

class QMimeData;

namespace bulkhead::canvas {

/// The canvas: shows a diagram laid out to its width, with the head pinned, and turns mouse and keyboard into
/// what the user wants of a column or a cell. It changes nothing itself.
class DiagramView : public QGraphicsView {
    Q_OBJECT

public:
    explicit DiagramView(QWidget* parent = nullptr);

    void setDiagram(const diagram::Diagram& diagram);
    /// What is drawn over the diagram, until it is set again; of columns that the diagram has.
    void setLanes(std::vector<diagram::AttackLane> lanes);
    void setNotes(std::vector<diagram::ColumnNote> notes);
    void setColours(const diagram::Palette& palette);
    void setCursorCell(const Cursor& cursor);
    [[nodiscard]] const Cursor& cursorCell() const { return m_cursor; }
    /// As the user does: the cursor goes there and the window is told.
    void moveCursor(const Cursor& cursor);
    /// What Enter does: opens the cell in the inspector, the head as one subject.
    void activateCursor();
    /// The cell or head under a point of the viewport.
    [[nodiscard]] Cursor cursorUnder(const QPoint& viewportPosition) const;
    [[nodiscard]] const diagram::Layout& picture() const { return m_state->layout; }
    [[nodiscard]] const diagram::Diagram& diagram() const { return m_diagram; }
    [[nodiscard]] double zoom() const { return m_zoom; }
    void setZoom(double zoom);
    /// What may be dropped here, by whoever knows the formats.
    void setAccepts(std::function<bool(const QMimeData&)> accepts) { m_accepts = std::move(accepts); }

    /// The rectangle of an item in the viewport, as it is now scrolled and zoomed.
    [[nodiscard]] QRect viewportRect(const diagram::Item& item) const;

Q_SIGNALS:
    void cursorMoved(int row, int column);
    void headActivated(int column);
    void cellActivated(int row, int column);
    void removeRequested(int column);
    void moveRequested(int from, int to);
    void menuRequested(int column, const QPoint& globalPosition);
    void dropped(const QMimeData* data);
    void zoomChanged(double zoom);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    bool viewportEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    /// A column on its way to another place, or the canvas on its way under the hand.
    struct Gesture {
        enum class Kind { none, headPressed, headDragged, panned } kind = Kind::none;
        QPoint start;
        QPoint last;
        int column = -1;
    };

    void relayout();
    void fitScene();
    [[nodiscard]] double roomForPicture() const;
    void showCursor();
    void announceCursor(bool moved);
    void updateEmphasis();
    [[nodiscard]] double scrolledTop() const;
    [[nodiscard]] QPointF layoutPoint(const QPoint& viewportPosition) const;
    [[nodiscard]] QString toolTipAt(const QPointF& point) const;
    [[nodiscard]] int gapAt(double x) const;
    void drawPinnedHead(QPainter& painter, const QRectF& visible) const;
    void drawDraggedColumn(QPainter& painter) const;
    void setDropTarget(bool target);

    diagram::Diagram m_diagram;
    std::vector<diagram::AttackLane> m_lanes;
    std::vector<diagram::ColumnNote> m_notes;
    std::shared_ptr<CanvasState> m_state;
    Cursor m_cursor;
    double m_zoom = 1;
    int m_laidOutWidth = -1;
    Gesture m_gesture;
    bool m_dropTarget = false;
    std::function<bool(const QMimeData&)> m_accepts;
};

} // namespace bulkhead::canvas
