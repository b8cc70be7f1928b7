#include "ui/canvas/diagram_items.h"

#include "ui/paint/paint_layout.h"

#include <utility>

namespace bulkhead::canvas {

DiagramItem::DiagramItem(std::shared_ptr<const CanvasState> state, std::size_t index)
    : m_state(std::move(state)), m_index(index) {
    setAcceptedMouseButtons(Qt::NoButton);
}

QRectF DiagramItem::boundingRect() const {
    return paint::paintBounds(m_state->layout.items[m_index]);
}

void DiagramItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    paintStateItem(*painter, *m_state, m_index);
}

void paintStateItem(QPainter& painter, const CanvasState& state, std::size_t index) {
    paint::Emphasis emphasis;
    emphasis.selected = state.selectedItem == static_cast<int>(index);
    emphasis.focused = emphasis.selected && state.focused;
    emphasis.hovered = state.hoveredItem == static_cast<int>(index);
    paint::paintItem(painter, state.layout.items[index], state.layout, *state.palette, emphasis);
}

} // namespace bulkhead::canvas
