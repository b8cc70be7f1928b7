#include "tests/samples/sample_snapshots.h"
#include "ui/paint/fonts.h"
#include "ui/paint/paint_text.h"

#include <QFontMetricsF>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::paint {
namespace {

using diagram::Item;
using diagram::ItemKind;

/// One size of the picture: columns, width in logical pixels, and the zoom of text and boxes.
struct Shape {
    std::size_t columns;
    double width;
    double scale;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    return out << shape.columns << " columns, " << shape.width << " px, " << shape.scale * 100 << " %";
}

class Geometry : public ::testing::TestWithParam<Shape> {
protected:
    void SetUp() override {
        ASSERT_TRUE(loadFonts());
        std::vector<diagram::SubjectView> subjects = samples::eight();
        // Two columns that differ in as much as any two do.
        subjects =
            GetParam().columns == 2
                ? std::vector{subjects[0], subjects[3]}
                : std::vector(
                      subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(GetParam().columns));
        m_diagram = diagram::buildDiagram(subjects, {});
        diagram::LayoutOptions options;
        options.width = GetParam().width;
        options.scale = GetParam().scale;
        m_layout = diagram::layoutDiagram(m_diagram, qtTextMeasure(), options);
    }

    static bool boxed(const Item& item) {
        return item.kind == ItemKind::chip || item.kind == ItemKind::gapCell ||
               item.kind == ItemKind::gapStrip;
    }

    diagram::Diagram m_diagram;
    diagram::Layout m_layout;
};

TEST_P(Geometry, everyTextFitsWhereItIsDrawn) {
    for (const Item& item : m_layout.items) {
        if (item.text.empty() || item.kind == ItemKind::columnError) {
            continue;
        }
        const diagram::Font font = diagram::fontOf(item.style, m_layout.compact, m_layout.scale);
        EXPECT_LE(textWidth(item.text, font), item.textRect.width + 0.5) << GetParam() << ": " << item.text;
        EXPECT_LE(QFontMetricsF(fontFor(font)).capHeight(), item.textRect.height) << item.text;
    }
}

TEST_P(Geometry, textsStayInsideTheirBoxes) {
    for (const Item& item : m_layout.items) {
        const QRectF box = toRect(item.rect).adjusted(-0.5, -0.5, 0.5, 0.5);
        EXPECT_TRUE(box.contains(toRect(item.textRect)) || item.textRect.width <= 0)
            << GetParam() << ": " << item.text;
    }
}

TEST_P(Geometry, boxesNeitherOverlapNorLeaveThePicture) {
    std::vector<const Item*> boxes;
    for (const Item& item : m_layout.items) {
        EXPECT_GE(item.rect.x, 0) << item.text;
        EXPECT_LE(item.rect.right(), m_layout.width + 0.5) << item.text;
        EXPECT_LE(item.rect.bottom(), m_layout.height + 0.5) << item.text;
        if (boxed(item)) {
            boxes.push_back(&item);
        }
    }
    EXPECT_GE(boxes.size(), 7U);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        for (std::size_t j = i + 1; j < boxes.size(); ++j) {
            EXPECT_FALSE(toRect(boxes[i]->rect).intersects(toRect(boxes[j]->rect)))
                << GetParam() << ": " << boxes[i]->text << " and " << boxes[j]->text;
        }
    }
}

TEST_P(Geometry, noTwoTextsOverlap) {
    std::vector<std::pair<QRectF, std::string>> words;
    for (const Item& item : m_layout.items) {
        if (item.text.empty() || item.kind == ItemKind::stageEnforcer || item.kind == ItemKind::columnError) {
            continue;
        }
        const diagram::Font font = diagram::fontOf(item.style, m_layout.compact, m_layout.scale);
        QRectF rect = toRect(item.textRect);
        rect.setWidth(textWidth(item.text, font));
        const double cap = QFontMetricsF(fontFor(font)).capHeight();
        words.emplace_back(QRectF(rect.left(), rect.center().y() - cap / 2, rect.width(), cap), item.text);
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (std::size_t j = i + 1; j < words.size(); ++j) {
            EXPECT_FALSE(words[i].first.intersects(words[j].first))
                << GetParam() << ": " << words[i].second << " and " << words[j].second;
        }
    }
}

TEST_P(Geometry, chipsAreNotShortenedAtTheMockSizes) {
    if (m_layout.width > GetParam().width || GetParam().scale > 1) {
        return;
    }
    for (const Item& item : m_layout.items) {
        if (item.kind == ItemKind::chip) {
            EXPECT_EQ(item.text.find("…"), std::string::npos) << GetParam() << ": " << item.text;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Geometry,
    ::testing::Values(
        Shape{2, 1000, 1}, Shape{4, 1000, 1}, Shape{8, 1000, 1}, Shape{2, 1600, 1}, Shape{4, 1600, 1},
        Shape{8, 1600, 1}, Shape{2, 1000, 2}, Shape{4, 1000, 2}, Shape{8, 1000, 2}, Shape{2, 1600, 2},
        Shape{4, 1600, 2}, Shape{8, 1600, 2}));

} // namespace
} // namespace bulkhead::paint
