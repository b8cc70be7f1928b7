#include "ui/pages/table_delegate.h"

#include "core/diagram/words.h"
#include "ui/models/cell_text.h"
#include "ui/paint/fonts.h"
#include "ui/paint/paint_cell.h"
#include "ui/paint/paint_text.h"
#include "ui/paint/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace bulkhead::pages {

namespace {

constexpr int kLeadWidth = 22; ///< room of a letter, a mark or a question mark in front of the words

diagram::Mark markOf(const QModelIndex& index) {
    const QVariant mark = index.data(models::markRole);
    return mark.isValid() ? static_cast<diagram::Mark>(mark.toInt()) : diagram::Mark::value;
}

bool hasGlyph(diagram::Mark mark) {
    return !diagram::glyphOf(mark).empty();
}

bool isGap(const QModelIndex& index) {
    return index.data(models::gapRole).toBool();
}

bool hasLead(const QModelIndex& index) {
    return isGap(index) || index.data(models::badgeRole).isValid() || hasGlyph(markOf(index));
}

} // namespace

TableDelegate::TableDelegate(QObject* parent)
    : QStyledItemDelegate(parent), m_palette(&diagram::lightPalette()) {}

void TableDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.data(models::monoRole).toBool()) {
        option->font = paint::monoFont();
        option->fontMetrics = QFontMetrics(option->font);
    }
}

int TableDelegate::widthOf(
    const QStyleOptionViewItem& option, const QModelIndex& index, const QString& text) const {
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    item.text = text;
    const QStyle* style = item.widget != nullptr ? item.widget->style() : QApplication::style();
    return style->sizeFromContents(QStyle::CT_ItemViewItem, &item, QSize(), item.widget).width() +
           (hasLead(index) ? kLeadWidth : 0);
}

int TableDelegate::briefWidth(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QVariant brief = index.data(models::briefRole);
    return widthOf(option, index, (brief.isValid() ? brief : index.data(Qt::DisplayRole)).toString());
}

void TableDelegate::paintGround(
    QPainter& painter, const QStyleOptionViewItem& item, const QModelIndex& index) const {
    const diagram::Mark mark = markOf(index);
    const QVariant tint = index.data(models::tintRole);
    if (item.state.testFlag(QStyle::State_Selected)) {
        painter.fillRect(item.rect, item.palette.color(QPalette::Highlight));
    } else if (isGap(index)) {
        paint::paintHatch(painter, item.rect, *m_palette, 1);
        const int words = item.fontMetrics.horizontalAdvance(item.text);
        painter.fillRect(
            QRect(item.rect.left() + 3, item.rect.top() + 2, kLeadWidth + words + 6, item.rect.height() - 4)
                .intersected(item.rect),
            paint::toColor(m_palette->panel));
    } else if (tint.isValid()) {
        painter.fillRect(item.rect, paint::identityTint(*m_palette, tint.toInt()));
    } else if (hasGlyph(mark)) {
        painter.fillRect(item.rect, paint::toColor(m_palette->of(mark).tint));
    }
}

/// A letter on its block, a mark on its tab, or the question mark of a gap.
void TableDelegate::paintLead(QPainter& painter, const QRect& box, const QModelIndex& index) const {
    const QVariant badge = index.data(models::badgeRole);
    const diagram::Mark mark = markOf(index);
    const QRectF square(box.left() + 4, box.center().y() - 7, 16, 16);
    if (isGap(index)) {
        paint::drawText(painter, square, "?", {13, 700}, paint::toColor(m_palette->muted));
    } else if (badge.isValid()) {
        painter.fillRect(square, paint::identityBlock(*m_palette, index.data(models::tintRole).toInt()));
        QFont font = painter.font();
        font.setPixelSize(11);
        font.setBold(true);
        painter.setFont(font);
        painter.setPen(paint::toColor(m_palette->canvas));
        painter.drawText(square, Qt::AlignCenter, badge.toString());
    } else {
        const diagram::MarkColours& colours = m_palette->of(mark);
        painter.fillRect(square, paint::toColor(colours.mark));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.fillPath(
            paint::glyphPath(mark, square.adjusted(4.5, 4.5, -4.5, -4.5)), paint::toColor(colours.glyph));
    }
}

void TableDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    const QVariant brief = index.data(models::briefRole);
    if (brief.isValid() && widthOf(option, index, item.text) > option.rect.width()) {
        item.text = brief.toString();
    }
    painter->save();
    if (item.text == QLatin1String("?") && isGap(index)) {
        item.text.clear(); // the lead says it
    }
    paintGround(*painter, item, index);
    if (hasLead(index)) {
        paintLead(*painter, item.rect, index);
        item.rect.setLeft(item.rect.left() + kLeadWidth);
    }
    painter->restore();
    item.font.setStrikeOut(index.data(models::struckRole).toBool());
    if (index.data(models::mutedRole).toBool() || isGap(index)) {
        for (const auto role : {QPalette::Text, QPalette::HighlightedText}) {
            item.palette.setColor(role, paint::toColor(m_palette->muted));
        }
    }
    item.backgroundBrush = Qt::NoBrush;
    const QStyle* style = item.widget != nullptr ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->save();
        painter->setPen(paint::toColor(m_palette->ink));
        painter->drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5));
        painter->restore();
    }
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.rwidth() += hasLead(index) ? kLeadWidth : 0;
    return size;
}

/// Text of a target is never taken for markup, and what a column is too narrow for is said in full.
bool TableDelegate::helpEvent(
    QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
    const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip) {
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    }
    QString words = index.data(Qt::ToolTipRole).toString();
    const QString shown = index.data(Qt::DisplayRole).toString();
    if (sizeHint(option, index).width() > option.rect.width()) {
        const bool said = words.contains(shown);
        words = words.isEmpty() ? shown : said ? words : QStringLiteral("%1\n%2").arg(shown, words);
    }
    QToolTip::showText(
        event->globalPos(),
        words.isEmpty() ? QString()
                        : QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(words.toHtmlEscaped()),
        view);
    return true;
}

} // namespace bulkhead::pages
