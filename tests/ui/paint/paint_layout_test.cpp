#include "tests/samples/sample_snapshots.h"
#include "ui/paint/fonts.h"
#include "ui/paint/paint_layout.h"
#include "ui/paint/paint_text.h"

#include <QFontInfo>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::paint {
namespace {

using diagram::Item;
using diagram::ItemKind;
using diagram::Mark;

/// Difference of the strongest and the weakest channel, 0 to 1: grey has none.
double chroma(const QColor& colour) {
    const auto [least, most] = std::minmax({colour.redF(), colour.greenF(), colour.blueF()});
    return static_cast<double>(most - least);
}

constexpr double kSaturated = 0.16;

bool mayBeSaturated(const Item& item) {
    const bool counts = item.kind == ItemKind::columnCount || item.kind == ItemKind::reason;
    const bool walls = item.kind == ItemKind::wall || item.kind == ItemKind::wallTitle;
    return counts || walls || item.kind == ItemKind::chip ||
           (item.kind == ItemKind::contradiction && item.gotMore);
}

struct Picture {
    diagram::Layout layout;
    QImage image;
};

Picture
pictureOf(const std::vector<diagram::SubjectView>& subjects, const diagram::Palette& palette, double ratio) {
    loadFonts();
    diagram::LayoutOptions options;
    options.width = 1200;
    Picture out;
    out.layout = diagram::layoutDiagram(diagram::buildDiagram(subjects, {}), qtTextMeasure(), options);
    out.image = QImage((QSizeF(out.layout.width, out.layout.height) * ratio).toSize(), QImage::Format_RGB32);
    out.image.setDevicePixelRatio(ratio);
    QPainter painter(&out.image);
    paintLayout(painter, out.layout, palette);
    return out;
}

class Colours : public ::testing::TestWithParam<const diagram::Palette*> {};

TEST_P(Colours, saturationBelongsToChangesAndWallsAlone) {
    const Picture picture = pictureOf(samples::four(), *GetParam(), 1);
    QRegion allowed;
    for (const Item& item : picture.layout.items) {
        if (mayBeSaturated(item)) {
            allowed += toRect(item.rect).toAlignedRect().adjusted(-2, -2, 2, 2);
        }
    }
    int outside = 0;
    int inside = 0;
    for (int y = 0; y < picture.image.height(); ++y) {
        for (int x = 0; x < picture.image.width(); ++x) {
            if (chroma(picture.image.pixelColor(x, y)) > kSaturated) {
                allowed.contains(QPoint(x, y)) ? ++inside : ++outside;
            }
        }
    }
    EXPECT_EQ(outside, 0);
    EXPECT_GT(inside, 1000);
}

TEST_P(Colours, chipsWearTheirMarkOnTheTab) {
    const Picture picture = pictureOf(samples::four(), *GetParam(), 2);
    int seen = 0;
    for (const Item& item : picture.layout.items) {
        if (item.kind != ItemKind::chip) {
            continue;
        }
        ++seen;
        const QPointF tab(item.rect.x + 3, item.rect.y + 4);
        EXPECT_EQ(picture.image.pixelColor((tab * 2).toPoint()), toColor(GetParam()->of(item.mark).mark))
            << item.text;
    }
    EXPECT_GE(seen, 11); // 1 stronger, 3 stronger, 7 weaker at the least
}

TEST_P(Colours, wallsAreHollowSolidAndNotched) {
    const Picture picture = pictureOf(samples::four(), *GetParam(), 1);
    const QColor boundary = toColor(GetParam()->boundary);
    std::vector<QColor> atQuarter;
    int notched = 0;
    for (const Item& item : picture.layout.items) {
        if (item.kind == ItemKind::wall) {
            const QPoint point(
                static_cast<int>(item.rect.x + 10), static_cast<int>(item.rect.y + item.rect.height / 2));
            atQuarter.push_back(picture.image.pixelColor(point));
            notched += item.wall.kind == diagram::WallKind::notched ? 1 : 0;
        }
    }
    ASSERT_EQ(atQuarter.size(), 4U);
    EXPECT_NE(atQuarter[0], boundary) << "the baseline's wall is never solid";
    EXPECT_EQ(atQuarter[1], boundary);
    EXPECT_EQ(atQuarter[2], boundary);
    EXPECT_NE(atQuarter[3], boundary);
    EXPECT_EQ(notched, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Themes, Colours, ::testing::Values(&diagram::lightPalette(), &diagram::darkPalette()),
    [](const auto& tested) { return tested.param == &diagram::lightPalette() ? "light" : "dark"; });

TEST(PaintText, theBundledFacesAreUsedInTheirWeights) {
    ASSERT_TRUE(loadFonts());
    for (const int weight : {400, 600, 700}) {
        const QFontInfo info(fontFor({13, weight}));
        EXPECT_EQ(info.family(), QStringLiteral("Noto Sans")) << weight;
        EXPECT_EQ(info.pixelSize(), 13);
    }
    EXPECT_EQ(QFontInfo(monoFont()).family(), QStringLiteral("Noto Sans Mono"));
    EXPECT_LT(textWidth("capabilities", {13, 400}), textWidth("capabilities", {13, 700}));
    EXPECT_NE(textWidth("capabilities", {13, 600}), textWidth("capabilities", {13, 700}));
}

TEST(PaintText, glyphsAreShapesOfTheirOwn) {
    const QRectF square(0, 0, 10, 10);
    EXPECT_TRUE(glyphPath(Mark::weaker, square).contains(QPointF(5, 8)));
    EXPECT_FALSE(glyphPath(Mark::weaker, square).contains(QPointF(1, 8)));
    EXPECT_TRUE(glyphPath(Mark::stronger, square).contains(QPointF(5, 2)));
    EXPECT_FALSE(glyphPath(Mark::stronger, square).contains(QPointF(1, 2)));
    EXPECT_TRUE(glyphPath(Mark::neutral, square).contains(QPointF(5, 5)));
    EXPECT_FALSE(glyphPath(Mark::incomparable, square).contains(QPointF(5, 5))) << "hollow";
    EXPECT_TRUE(glyphPath(Mark::same, square).isEmpty());
}

TEST(PaintText, aGlyphInATextTakesRoom) {
    loadFonts();
    EXPECT_GT(textWidth("▼ 7 weaker", {13, 600}), textWidth(" 7 weaker", {13, 600}) + 5);
    EXPECT_GT(textWidth("⇄ 1", {13, 400}), textWidth(" 1", {13, 400}) + 5);
}

TEST(PaintItem, theSelectionIsARingOutsideTheBox) {
    loadFonts();
    Item item;
    item.kind = ItemKind::value;
    item.rect = {20, 20, 60, 24};
    item.textRect = item.rect;
    QImage image(100, 64, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintItem(painter, item, {}, diagram::lightPalette(), {true, true, false});
    painter.end();
    EXPECT_LT(image.pixelColor(50, 19).lightnessF(), 0.5);
    EXPECT_EQ(image.pixelColor(50, 32), QColor(Qt::white));
    EXPECT_TRUE(paintBounds(item).contains(QRectF(18, 18, 64, 28)));
}

} // namespace
} // namespace bulkhead::paint
