#include "ui/paint/paint_text.h"

#include "core/diagram/words.h"
#include "ui/paint/fonts.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QString>
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace bulkhead::paint {

namespace {

using diagram::Mark;

/// A stretch of characters, or one sign that is drawn.
struct Run {
    QString text;
    std::optional<Mark> glyph;
    QChar arrow; ///< kArrow or kFacingArrows, else null

    [[nodiscard]] bool drawn() const { return glyph || !arrow.isNull(); }
};

constexpr QChar kArrow(0x2192);
constexpr QChar kFacingArrows(0x21c4);

constexpr double kGlyphSize = 0.62;    ///< side of a glyph's square, in font sizes
constexpr double kGlyphAdvance = 0.80; ///< advance of a glyph, in font sizes

std::optional<Mark> markOf(QChar character) {
    constexpr std::array kMarks{Mark::weaker, Mark::stronger, Mark::neutral, Mark::incomparable};
    for (const Mark mark : kMarks) {
        const std::string_view glyph = diagram::glyphOf(mark);
        if (QString::fromUtf8(glyph.data(), static_cast<qsizetype>(glyph.size())) == character) {
            return mark;
        }
    }
    return std::nullopt;
}

std::vector<Run> runsOf(std::string_view text) {
    const QString all = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    std::vector<Run> runs;
    for (const QChar character : all) {
        if (character == kFacingArrows || character == kArrow) {
            runs.push_back({{}, std::nullopt, character});
        } else if (const auto mark = markOf(character)) {
            runs.push_back({{}, mark, {}});
        } else if (runs.empty() || runs.back().drawn()) {
            runs.push_back({QString(character), std::nullopt, {}});
        } else {
            runs.back().text += character;
        }
    }
    return runs;
}

double runWidth(const Run& run, const QFontMetricsF& metrics, double pixels) {
    return run.drawn() ? pixels * kGlyphAdvance : metrics.horizontalAdvance(run.text);
}

QPainterPath polygon(std::initializer_list<QPointF> points) {
    QPainterPath path;
    path.addPolygon(QPolygonF(QList<QPointF>(points)));
    path.closeSubpath();
    return path;
}

QPainterPath diamond(const QRectF& r) {
    return polygon(
        {{r.center().x(), r.top()},
         {r.right(), r.center().y()},
         {r.center().x(), r.bottom()},
         {r.left(), r.center().y()}});
}

} // namespace

QColor toColor(const diagram::Colour& colour) {
    return {colour.red, colour.green, colour.blue};
}

QRectF toRect(const diagram::Rect& rect) {
    return {rect.x, rect.y, rect.width, rect.height};
}

QPainterPath glyphPath(Mark mark, const QRectF& square) {
    const double inset = square.height() * 0.08;
    const QRectF r = square.adjusted(0, inset, 0, -inset);
    switch (mark) {
    case Mark::weaker:
        return polygon({r.topLeft(), r.topRight(), {r.center().x(), r.bottom()}});
    case Mark::stronger:
        return polygon({r.bottomLeft(), {r.center().x(), r.top()}, r.bottomRight()});
    case Mark::neutral:
        return diamond(square);
    case Mark::incomparable:
    case Mark::unknown: {
        const double rim = square.width() * 0.20;
        return diamond(square).subtracted(diamond(square.adjusted(rim, rim, -rim, -rim)));
    }
    default:
        return {};
    }
}

QPainterPath facingArrowsPath(const QPointF& centre, double side) {
    const double gap = side * 0.05;
    const double length = side * 0.26;
    const double half = side * 0.19;
    QPainterPath path;
    for (const double direction : {1.0, -1.0}) {
        const QPointF tip(centre.x() - direction * gap, centre.y());
        const double back = tip.x() - direction * length;
        path.addPath(polygon({tip, {back, tip.y() - half}, {back, tip.y() + half}}));
    }
    return path;
}

QPainterPath arrowPath(const QRectF& square) {
    const double y = square.center().y();
    const double shaft = square.height() * 0.06;
    const double head = square.height() * 0.30;
    const double neck = square.right() - head * 1.1;
    QPainterPath path = polygon({{neck, y - head}, {square.right(), y}, {neck, y + head}});
    path.addRect(QRectF(square.left(), y - shaft, neck - square.left() + shaft, 2 * shaft));
    path.setFillRule(Qt::WindingFill);
    return path;
}

double textWidth(std::string_view text, const diagram::Font& font) {
    return textWidth(text, font, QFontMetricsF(fontFor(font)));
}

double textWidth(std::string_view text, const diagram::Font& font, const QFontMetricsF& metrics) {
    double width = 0;
    for (const Run& run : runsOf(text)) {
        width += runWidth(run, metrics, font.pixels);
    }
    return width;
}

void drawText(
    QPainter& painter, const QRectF& rect, std::string_view text, const diagram::Font& font,
    const QColor& colour) {
    const QFont qtFont = fontFor(font);
    const QFontMetricsF metrics(qtFont);
    painter.setFont(qtFont);
    painter.setPen(colour);
    const double baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    const double side = font.pixels * kGlyphSize;
    double x = rect.left();
    for (const Run& run : runsOf(text)) {
        const double width = runWidth(run, metrics, font.pixels);
        const QRectF square(
            x + (width - side) / 2, baseline - metrics.capHeight() / 2 - side / 2, side, side);
        if (run.glyph) {
            painter.fillPath(glyphPath(*run.glyph, square), colour);
        } else if (run.arrow == kFacingArrows) {
            painter.fillPath(facingArrowsPath(square.center(), font.pixels * 1.2), colour);
        } else if (run.arrow == kArrow) {
            painter.fillPath(arrowPath(square), colour);
        } else {
            painter.drawText(QPointF(x, baseline), run.text);
        }
        x += width;
    }
}

} // namespace bulkhead::paint
