#include "core/report/lasting_text.h"

#include <gtest/gtest.h>

namespace bulkhead::report {
namespace {

TEST(LastingText, TimesNamespacesAndProcessesDoNotLast) {
    EXPECT_EQ(lastingText("| web | 2026-11-27T02:40:43Z | by |"), "| web | # | by |");
    EXPECT_EQ(lastingText("| 2026-11-27T03&#58;48&#58;26Z |"), "| # |") << "as Markdown escapes it";
    EXPECT_EQ(lastingText("own (4026532444)"), "own #");
    EXPECT_EQ(lastingText("/proc/1234/status and pid:77, pid&#58;78"), "#/status and #, #");
}

TEST(LastingText, EverythingElseDoes) {
    for (const char* text :
         {"", "14 over host", "2026-11-27", "2026-11-27T02:40:43", "(40265324)", "/proc/sys",
          "pid:", "uid 1000", "&#58;12"}) {
        EXPECT_EQ(lastingText(text), text) << text;
    }
}

} // namespace
} // namespace bulkhead::report
