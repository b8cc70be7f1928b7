#include "ui/paint/paint_text.h"
#include "ui/paint/theme.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace bulkhead::paint {
namespace {

/// Relative luminance and contrast as WCAG 2.1 defines them.
double luminance(const QColor& colour) {
    const auto channel = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) +
           0.0722 * channel(colour.blueF());
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

TEST(Theme, settingsRoundTripAndUnknownOnesFollowTheSystem) {
    for (const ThemeChoice choice : {ThemeChoice::system, ThemeChoice::light, ThemeChoice::dark}) {
        EXPECT_EQ(themeFromSetting(toSetting(choice)), choice);
    }
    EXPECT_EQ(themeFromSetting(QStringLiteral("sepia")), ThemeChoice::system);
}

TEST(Theme, systemFollowsTheLightnessOfThePlatform) {
    const QPalette white(Qt::black, Qt::white);
    const QPalette black(Qt::white, Qt::black);
    EXPECT_EQ(&paletteFor(ThemeChoice::system, white), &diagram::lightPalette());
    EXPECT_EQ(&paletteFor(ThemeChoice::system, black), &diagram::darkPalette());
    EXPECT_EQ(&paletteFor(ThemeChoice::light, black), &diagram::lightPalette());
    EXPECT_EQ(&paletteFor(ThemeChoice::dark, white), &diagram::darkPalette());
}

TEST(Theme, widgetTextCanBeReadInBothThemes) {
    for (const diagram::Palette* palette : {&diagram::lightPalette(), &diagram::darkPalette()}) {
        const QPalette widgets = widgetPalette(*palette);
        EXPECT_GE(contrast(widgets.color(QPalette::WindowText), widgets.color(QPalette::Window)), 7);
        EXPECT_GE(contrast(widgets.color(QPalette::Text), widgets.color(QPalette::Base)), 7);
        EXPECT_GE(contrast(widgets.color(QPalette::HighlightedText), widgets.color(QPalette::Highlight)), 7);
        EXPECT_GE(contrast(widgets.color(QPalette::PlaceholderText), widgets.color(QPalette::Window)), 4.5);
        EXPECT_EQ(isDark(widgets), palette == &diagram::darkPalette());
    }
}

/// The seven grounds and blocks of identities: text on them can be read, and they can be told from the canvas
/// and from one another (the letter says it where a colour cannot).
TEST(Theme, identityColoursCanBeReadAndToldApart) {
    for (const diagram::Palette* palette : {&diagram::lightPalette(), &diagram::darkPalette()}) {
        std::set<QRgb> tints;
        for (int i = 0; i < kIdentityTints; ++i) {
            const QColor tint = identityTint(*palette, i);
            const QColor block = identityBlock(*palette, i);
            EXPECT_GE(contrast(toColor(palette->ink), tint), 7) << i;
            EXPECT_GE(contrast(toColor(palette->muted), tint), 4.5) << i;
            EXPECT_GE(contrast(toColor(palette->canvas), block), 4.5) << i << ": the letter on its block";
            EXPECT_GE(contrast(block, tint), 3) << i << ": the block on its ground";
            EXPECT_TRUE(tints.insert(tint.rgb()).second) << i;
        }
        EXPECT_EQ(identityTint(*palette, kIdentityTints), identityTint(*palette, 1))
            << "the host's is its own";
    }
}

TEST(Theme, theStyleSheetHasNoUnresolvedColour) {
    EXPECT_FALSE(widgetStyleSheet(diagram::lightPalette()).contains(QLatin1Char('@')));
    EXPECT_NE(widgetStyleSheet(diagram::lightPalette()), widgetStyleSheet(diagram::darkPalette()));
}

} // namespace
} // namespace bulkhead::paint
