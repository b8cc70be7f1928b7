#pragma once

#include "core/diagram/palette.h"

#include <QStyledItemDelegate>

namespace bulkhead::pages {

/// Draws what the tables' roles say of a cell: hatched gaps, letters of shared identities, marks of
/// direction, struck and quiet text. Colour never says a thing alone.
class TableDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit TableDelegate(QObject* parent = nullptr);

    void setColours(const diagram::Palette& palette) { m_palette = &palette; }

    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// The width that a cell needs at least to say what it has to: that of its brief text where it has one.
    [[nodiscard]] int briefWidth(const QStyleOptionViewItem& option, const QModelIndex& index) const;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(
        QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
        const QModelIndex& index) override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    [[nodiscard]] int
    widthOf(const QStyleOptionViewItem& option, const QModelIndex& index, const QString& text) const;
    void paintGround(QPainter& painter, const QStyleOptionViewItem& item, const QModelIndex& index) const;
    void paintLead(QPainter& painter, const QRect& box, const QModelIndex& index) const;

    const diagram::Palette* m_palette;
};

} // namespace bulkhead::pages
