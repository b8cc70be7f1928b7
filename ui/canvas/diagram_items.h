#pragma once

#include "core/diagram/palette.h"
#include "ui/canvas/cell_walk.h"

#include <QGraphicsItem>
#include <memory>

namespace bulkhead::canvas {

/// What the items of one canvas share: the picture, its colours, and where mouse and keyboard are.
struct CanvasState {
    diagram::Layout layout;
    const diagram::Palette* palette = nullptr;
    int selectedItem = -1;
    int hoveredItem = -1;
    bool focused = false;
};

/// One item of the layout in the scene; the painter of ui/paint draws it.
class DiagramItem : public QGraphicsItem {
public:
    DiagramItem(std::shared_ptr<const CanvasState> state, std::size_t index);

    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    std::shared_ptr<const CanvasState> m_state;
    std::size_t m_index;
};

/// Draws one item with the emphasis that the state gives it.
void paintStateItem(QPainter& painter, const CanvasState& state, std::size_t index);

} // namespace bulkhead::canvas
