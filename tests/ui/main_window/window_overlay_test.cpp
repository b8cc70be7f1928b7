// The overlay of attacks on real documents with the catalogue that ships: what is drawn, what it says, and
// that nothing lies over anything.

#include "tests/ui/main_window/document_fixture.h"
#include "ui/models/finding_model.h"
#include "ui/pages/findings_page.h"

#include <QTableView>
#include <algorithm>
#include <set>

namespace bulkhead::main_window {
namespace {

using diagram::Item;
using diagram::ItemKind;
using diagram::Rect;

constexpr auto kPrivileged = "services:\n  all:\n    image: nginx\n    user: root\n    privileged: true\n";
constexpr auto kSocket = "services:\n  socket:\n    image: nginx\n    volumes:\n"
                         "      - /var/run/docker.sock:/var/run/docker.sock\n";
constexpr auto kPlain = "services:\n  plain:\n    image: nginx\n";
constexpr auto kPod =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec:\n  hostPID: true\n  containers:\n"
    "    - name: app\n      image: a\n      securityContext:\n        capabilities: {add: "
    "[SYS_PTRACE]}\n";

class OverlayTest : public DocumentTest {
protected:
    void openFour(int width) {
        openWindow(width, 1100);
        open(
            {write(QStringLiteral("privileged.yaml"), kPrivileged),
             write(QStringLiteral("socket.yaml"), kSocket), write(QStringLiteral("pod.yaml"), kPod),
             write(QStringLiteral("plain.yaml"), kPlain)});
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier);
    }

    [[nodiscard]] std::vector<Item> items(ItemKind kind) const {
        std::vector<Item> found;
        std::ranges::copy_if(view().picture().items, std::back_inserter(found), [&](const Item& item) {
            return item.kind == kind;
        });
        return found;
    }

    /// The cell of a slot in a column.
    [[nodiscard]] Rect cell(const std::string& slot, int column) const {
        const auto& rows = m_window->workspace().diagram().rows;
        for (const Item& item : view().picture().items) {
            if (item.column == column && item.row >= 0 &&
                rows[static_cast<std::size_t>(item.row)].slot->id == slot) {
                return item.rect;
            }
        }
        ADD_FAILURE() << slot << " in column " << column;
        return {};
    }

    /// Where the words of an item are: most stand at the left of their room.
    [[nodiscard]] Rect wordsOf(const Item& item) const {
        const diagram::Layout& picture = view().picture();
        const double width =
            diagram::builtInTextWidth(item.text, diagram::fontOf(item.style, picture.compact, picture.scale));
        Rect rect = item.textRect;
        const double used = std::min(rect.width, width);
        rect.x = item.kind == ItemKind::stageEnforcer ? rect.right() - used : rect.x; // right-aligned
        rect.width = used;
        return rect;
    }

    /// The words that a line of an attack lies over, "line | words". Lines are drawn before what they may
    /// pass beneath: a strip that speaks of all columns.
    [[nodiscard]] std::string covered() const {
        const std::vector<Item>& all = view().picture().items;
        for (const Item& line : all) {
            if (line.kind != ItemKind::attackLine) {
                continue;
            }
            for (const Item& item : all) {
                const bool above = item.kind == ItemKind::gapStrip && &item > &line;
                if (item.text.empty() || above) {
                    continue;
                }
                const Rect words = wordsOf(item);
                if (line.rect.x < words.right() && words.x < line.rect.right() &&
                    line.rect.y < words.bottom() && words.y < line.rect.bottom()) {
                    return line.fullText + " | " + item.text;
                }
            }
        }
        return {};
    }
};

TEST_F(OverlayTest, EveryColumnSaysItsWayOrWhatStopsIt) {
    openFour(1600);
    const auto lines = items(ItemKind::attackLine);
    const auto notes = items(ItemKind::attackNote);
    ASSERT_EQ(lines.size(), 4U);
    ASSERT_EQ(notes.size(), 4U);
    EXPECT_FALSE(lines[0].blocked || lines[0].possible) << "a privileged container is the host's";
    EXPECT_TRUE(notes[0].fullText.starts_with("way to root on the host: ")) << notes[0].fullText;
    EXPECT_TRUE(lines[1].possible && !lines[1].blocked) << "whom the socket's group lets in, the image says";
    EXPECT_NE(notes[1].fullText.find("socket"), std::string::npos) << notes[1].fullText;
    EXPECT_TRUE(lines[2].possible) << "whether the image's user holds SYS_PTRACE, no Pod says";
    EXPECT_NE(notes[2].fullText.find("processes"), std::string::npos) << notes[2].fullText;
    EXPECT_TRUE(lines[3].blocked);
    EXPECT_TRUE(notes[3].text.starts_with("▮ stopped by ") || notes[3].text.starts_with("▮ by "))
        << notes[3].text;
    takeBoth(QStringLiteral("overlay-1600"));
}

/// A name that a reader finds on the canvas or in the tables, and no path of a fact.
TEST_F(OverlayTest, WhatStopsAWayIsNamedAsAComponent) {
    openFour(1600);
    const Item note = items(ItemKind::attackNote)[3];
    const std::string words = note.fullText.substr(note.fullText.find(" is stopped by ") + 15);
    const std::string first = words.substr(0, words.find_first_of(",:"));
    const std::set<std::string> components{
        "seccomp", "capabilities", "namespaces",      "device policy",
        "LSM",     "user mapping", "protected paths", "read-only kernel files"};
    EXPECT_TRUE(components.contains(first)) << note.fullText;
    EXPECT_NE(note.text.find(first), std::string::npos)
        << "also where there is no room for all: " << note.text;
}

TEST_F(OverlayTest, ALineRunsFromTheConfigToItsEndOrTheWall) {
    openFour(1600);
    const auto lines = items(ItemKind::attackLine);
    const auto walls = items(ItemKind::wall);
    ASSERT_EQ(walls.size(), 4U);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const int column = static_cast<int>(i);
        EXPECT_LE(lines[i].rect.right(), walls[i].rect.x) << "beside its column, not over it";
        EXPECT_LE(lines[i].rect.y, cell("asksFor", column).bottom()) << "where the false story enters";
        const Rect& wall = walls[i].rect;
        if (lines[i].blocked) {
            EXPECT_LE(lines[i].rect.bottom(), wall.bottom()) << "a stopped way does not pass the wall";
        } else {
            EXPECT_GT(lines[i].rect.bottom(), wall.bottom());
        }
    }
}

TEST_F(OverlayTest, NothingLiesOverAnything) {
    openFour(1600);
    EXPECT_EQ(covered(), "");
    m_window->resize(1000, 900);
    QTest::qWait(20);
    EXPECT_EQ(covered(), "") << "at 1000 px";
    takeBoth(QStringLiteral("overlay-1000"));
    view().setZoom(2);
    EXPECT_EQ(covered(), "") << "at 200 %";
}

TEST_F(OverlayTest, AWayGoesOnceItsCauseIsGone) {
    openWindow(1600, 1100);
    const QString file = write(QStringLiteral("compose.yaml"), kSocket);
    open({file});
    QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier);
    ASSERT_FALSE(items(ItemKind::attackLine).front().blocked);
    write(QStringLiteral("compose.yaml"), "services:\n  socket:\n    image: nginx\n");
    open({file});
    EXPECT_TRUE(items(ItemKind::attackLine).front().blocked);
}

/// Words are cut only where no width is left for them.
TEST_F(OverlayTest, TheFindingsShareTheWidthThatThereIs) {
    showTables();
    open({write(QStringLiteral("privileged.yaml"), kPrivileged), write(QStringLiteral("pod.yaml"), kPod)});
    m_window->tablesPage().setCurrentWidget(m_window->tablesPage().findings());
    const auto* table = qobject_cast<QTableView*>(m_window->tablesPage().findings()->view());
    for (const int width : {1600, 1000}) {
        m_window->resize(width, 1300);
        QTest::qWait(20);
        int used = 0;
        bool cut = false;
        int narrowest = width;
        for (int column = 0; column < table->model()->columnCount(); ++column) {
            used += table->columnWidth(column);
            narrowest = std::min(narrowest, table->columnWidth(column));
            cut = cut || static_cast<const QAbstractItemView*>(table)->sizeHintForColumn(column) >
                             table->columnWidth(column);
        }
        ASSERT_TRUE(cut) << "the facts of a privileged container are more than a line";
        EXPECT_GE(used, table->viewport()->width() - table->model()->columnCount()) << width;
        EXPECT_GE(narrowest, 50) << width;
        takeBoth(QStringLiteral("findings-%1").arg(width));
    }
    EXPECT_GT(table->columnWidth(models::FindingModel::factsColumn), 80);
}

} // namespace
} // namespace bulkhead::main_window
