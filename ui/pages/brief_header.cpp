#include "ui/pages/brief_header.h"

#include "ui/models/cell_text.h"

#include <QStyleOptionHeader>

namespace bulkhead::pages {

BriefHeader::BriefHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setSectionsClickable(true);
    setSectionsMovable(true);
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

QString BriefHeader::title(int section, bool brief) const {
    const QVariant words = model()->headerData(section, orientation(), models::briefRole);
    return brief && words.isValid() ? words.toString()
                                    : model()->headerData(section, orientation(), Qt::DisplayRole).toString();
}

int BriefHeader::titleWidth(int section, bool brief) const {
    constexpr int kAround = 20; // padding and line, as the style sheet has them
    constexpr int kArrow = 18;
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
    return fontMetrics().horizontalAdvance(title(section, brief)) + kAround + (sorted ? kArrow : 0);
}

void BriefHeader::initStyleOptionForIndex(QStyleOptionHeader* option, int section) const {
    QHeaderView::initStyleOptionForIndex(option, section);
    if (sectionSize(section) < titleWidth(section, false)) {
        option->text = title(section, true);
    }
}

} // namespace bulkhead::pages
