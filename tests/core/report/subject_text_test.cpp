#include "core/base/bytes.h"
#include "core/report/subject_text.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace bulkhead::report {
namespace {

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(SubjectText, fullSentencesByStage) {
    const std::string text = writeSubject(samples::privileged(), {.columns = 120, .colour = false});
    EXPECT_TRUE(text.starts_with("privileged\n  enforced vantage, runc 1.1.5, kernel 6.1.0\n\nImage\n"))
        << text;
    EXPECT_TRUE(holds(text, "  capabilities        40 of 41 capabilities over the host\n"));
    EXPECT_TRUE(holds(text, "  would anyone see it ? not known: "));
    EXPECT_TRUE(holds(text, "\nCapabilities\n  effective           40: AUDIT_CONTROL AUDIT_READ "));
    EXPECT_TRUE(holds(text, "  bounding            40, as effective\n"));
    EXPECT_TRUE(holds(text, "  ambient             none\n"));
    EXPECT_TRUE(holds(text, "\nNamespaces\n  type     whose"));
    EXPECT_TRUE(holds(text, "  user     the host's             "));
    EXPECT_TRUE(holds(text, "  /proc  "));
}

TEST(SubjectText, gapsSayWhatTheyNeed) {
    model::Snapshot snapshot = samples::dockerDefault();
    snapshot.capabilities.bounding = model::Unreadable{"status could not be read: EACCES", "CAP_SYS_PTRACE"};
    snapshot.mounts = model::Unreadable{"mountinfo could not be read: EACCES", "CAP_SYS_PTRACE"};
    const std::string text = writeSubject(snapshot, {.columns = 100, .colour = false});
    EXPECT_TRUE(holds(text, "  bounding            ? status could not be read: EACCES\n"));
    EXPECT_TRUE(holds(text, "\nMounts\n  mounts              ? mountinfo could not be read: EACCES\n"));
    EXPECT_TRUE(
        holds(text, "  capabilities.bounding\n    status could not be read: EACCES; needs CAP_SYS_PTRACE\n"));
}

/// The text below the heading "Not known".
std::string notKnown(const model::Snapshot& snapshot) {
    const std::string text = writeSubject(snapshot, {.columns = 80, .colour = false});
    const auto head = text.find("\nNot known (");
    return head == std::string::npos ? "" : text.substr(text.find('\n', head + 1) + 1);
}

TEST(SubjectText, oneReasonIsToldOnceForAllThatItHides) {
    model::Snapshot snapshot = samples::dockerDefault();
    const std::string before = notKnown(snapshot);
    const model::Unreadable denied{"status could not be read: EACCES", "CAP_SYS_PTRACE"};
    snapshot.capabilities.bounding = denied;
    snapshot.identity.noNewPrivileges = model::Unreadable{"status could not be read: EACCES", "root"};
    snapshot.capabilities.effective = denied;
    snapshot.capabilities.permitted = denied;
    const std::string text = notKnown(snapshot);
    EXPECT_TRUE(holds(
        text, "  capabilities.effective, capabilities.permitted, capabilities.bounding\n"
              "    status could not be read: EACCES; needs CAP_SYS_PTRACE\n"))
        << text;
    EXPECT_TRUE(holds(text, "  identity.noNewPrivileges\n    status could not be read: EACCES; needs root\n"))
        << text;
    EXPECT_EQ(std::ranges::count(text, '\n'), std::ranges::count(before, '\n') + 4);
}

TEST(SubjectText, hostileMountsStayInTheirLine) {
    model::Snapshot snapshot = samples::dockerDefault();
    auto mounts = snapshot.mounts.value();
    mounts.front().target = "/a\nb\x1b[31m\u202e" + std::string(300, 'x');
    mounts.front().visible = false;
    snapshot.mounts = model::Fact<std::vector<model::Mount>>(mounts, {});
    snapshot.subject.name = "\x1b]0;title\x07";
    for (const std::size_t width : {20, 80, 132}) {
        const std::string text = writeSubject(snapshot, {.columns = width, .colour = false});
        EXPECT_FALSE(holds(text, "\x1b"));
        EXPECT_FALSE(holds(text, "\u202e"));
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            EXPECT_LE(base::cellWidth(line), std::max<std::size_t>(width, 60)) << line;
        }
    }
}

} // namespace
} // namespace bulkhead::report
