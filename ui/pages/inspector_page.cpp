#include "ui/pages/inspector_page.h"

#include "ui/models/inspector_html.h"
#include "ui/models/inspector_text.h"
#include "ui/paint/paint_cell.h"

#include <QImage>
#include <QPainter>
#include <QTextDocument>
#include <QUrl>
#include <algorithm>

namespace bulkhead::pages {

InspectorPage::InspectorPage(models::Workspace& workspace, QWidget* parent)
    : QTextBrowser(parent), m_workspace(workspace), m_palette(&diagram::lightPalette()) {
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(12);
    setAccessibleName(tr("Inspector"));
    connect(&workspace, &models::Workspace::selectionChanged, this, &InspectorPage::showSelection);
    showSelection();
}

void InspectorPage::setColours(const diagram::Palette& palette) {
    m_palette = &palette;
    showSelection();
}

void InspectorPage::setRefusal(int subject, const QString& why) {
    m_refusals[subject] = why;
    showSelection();
}

/// The hatching of the canvas, as an image of the document.
void InspectorPage::addHatch() {
    constexpr int kSide = 24;
    const qreal ratio = devicePixelRatioF();
    QImage image(QSize(kSide, kSide) * ratio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paint::paintHatch(painter, QRectF(0, 0, kSide, kSide), *m_palette, 1);
    painter.end();
    document()->addResource(
        QTextDocument::ImageResource, QUrl(QString::fromLatin1(models::kHatchImage)), image);
}

void InspectorPage::showSelection() {
    addHatch();
    setHtml(selectionHtml());
}

QString InspectorPage::selectionHtml() const {
    const models::Selection& selection = m_workspace.selection();
    const diagram::Diagram& diagram = m_workspace.diagram();
    const models::LibraryEntry* entry = m_workspace.entry(m_workspace.idOfColumn(selection.column));
    if (entry == nullptr) {
        return QStringLiteral("<p style='color:%1'>%2</p>")
            .arg(
                QString::fromStdString(m_palette->muted.hex()),
                tr("Select a cell: what was declared, what is enforced, what changed and why, and where it "
                   "was read."));
    }
    const auto refused = m_refusals.find(entry->id);
    const QString refusal = refused == m_refusals.end() ? QString() : refused->second;
    const diagram::Column& column = diagram.columns[static_cast<std::size_t>(selection.column)];
    const auto row = std::ranges::find_if(
        diagram.rows, [&](const diagram::Row& one) { return one.slot->id == selection.slot; });
    const auto at = static_cast<std::size_t>(row - diagram.rows.begin());
    if (row == diagram.rows.end() || at >= column.cells.size()) {
        return models::headInspectorHtml(entry->view, column, *m_palette, refusal) +
               (m_threats ? m_threats(entry->id, {}) : QString());
    }
    return models::cellInspectorHtml(entry->view, *row, column.cells[at], *m_palette, refusal) +
           (m_threats ? m_threats(entry->id, selection.slot) : QString());
}

} // namespace bulkhead::pages
