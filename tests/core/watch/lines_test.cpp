#include "core/base/bytes.h"
#include "core/watch/lines.h"

#include <gtest/gtest.h>

namespace bulkhead::watch {
namespace {

constexpr const char* kTime = "2026-01-31T12:00:00Z";

Event mounted() {
    Event event;
    event.subject = "oci:web";
    event.pid = 7;
    Departure& one = event.departures.emplace_back();
    one.path = "mounts[\"/h\x1b[2J\"]";
    one.before = compare::Absent{};
    one.after = std::string("rw");
    one.direction = compare::Direction::weaker;
    one.boundary = "declared";
    one.reason = "more is mounted";
    one.opens = {{"hostpath-etc", model::AttackAuthority::hostFileWrite, model::Truth::yes}};
    one.facts = {{"mounts", "rw", "mountinfo"}};
    one.action = "unmount it";
    return event;
}

TEST(Lines, JsonIsOneLineWhateverAContainerCallsItsMounts) {
    EXPECT_EQ(
        writeJsonLine(mounted(), kTime),
        R"({"time":"2026-01-31T12:00:00Z","event":"departure","subject":"oci:web","pid":7,)"
        R"("path":"mounts[\"/h\u001b[2J\"]","before":"absent","after":"rw","direction":"weaker",)"
        R"("boundary":"declared",)"
        R"("changes":[{"path":"mounts[\"/h\u001b[2J\"]","before":"absent","after":"rw"}],)"
        R"("opens":[{"id":"hostpath-etc","reaches":"host-file-write","certainty":"certain"}],)"
        R"("facts":[{"path":"mounts","value":"rw","source":"mountinfo"}],)"
        R"("reason":"more is mounted","action":"unmount it"})"
        "\n");
}

TEST(Lines, OfTheMachineThereIsNoSubject) {
    Event event;
    event.kind = EventKind::gap;
    event.text = "docker: no answer";
    EXPECT_EQ(
        writeJsonLine(event, kTime),
        R"({"time":"2026-01-31T12:00:00Z","event":"gap","subject":null,"pid":null,"text":"docker: no answer"})"
        "\n");
    EXPECT_EQ(writeTextLine(event, kTime), "2026-01-31T12:00:00Z  gap           docker: no answer\n");
}

TEST(Lines, TextIsOneLineAndEscaped) {
    Event event = mounted();
    event.departures[0].action = "one\ntwo";
    const std::string text = writeTextLine(event, kTime);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    EXPECT_TRUE(text.starts_with(
        "2026-01-31T12:00:00Z  weaker        oci:web  mounts[\"/h\\x1b[2J\"]: absent -> rw"));
    EXPECT_TRUE(text.contains("opens hostpath-etc, which reaches "));
}

TEST(Lines, OfSeveralFactsTheGravestIsSaidAndTheOthersAreCountedByPlace) {
    Event event = mounted();
    for (const char* path :
         {"capabilities.effective.CAP_KILL", "capabilities.effective.CAP_CHOWN", "mounts[\"/x.y\"].readOnly",
          "seccomp.mode"}) {
        Departure other;
        other.path = path;
        other.direction = compare::Direction::weaker;
        other.reason = "more is mounted";
        other.action = "end process 12";
        other.opens = event.departures[0].opens;
        event.departures.push_back(other);
    }
    const std::string text = writeTextLine(event, kTime);
    EXPECT_TRUE(text.contains("absent -> rw (declared), and 4 more: capabilities.effective (2), "
                              "mounts[\"/x.y\"], seccomp.mode; more is "
                              "mounted; opens hostpath-etc, "));
    EXPECT_TRUE(text.ends_with("; do: unmount it; end process 12\n")) << text;
    const std::string json = writeJsonLine(event, kTime);
    EXPECT_TRUE(
        json.contains(R"({"path":"seccomp.mode","before":"absent","after":"absent"}],"opens":[{"id")"));
    EXPECT_TRUE(json.contains(R"("reason":"more is mounted","action":"unmount it; end process 12"})"));
}

TEST(Lines, ForATerminalTheyAreAsWideAsThat) {
    Event event = mounted();
    event.departures[0].action =
        "mount nothing at /h, or mount it read-only where the workload only reads; a "
        "long\x1b[2J text";
    EXPECT_EQ(
        writeTextLines(event, kTime, 60), "2026-01-31T12:00:00Z weaker oci:web\n"
                                          "    mounts[\"/h\\x1b[2J\"]: absent -> rw (declared)\n"
                                          "    more is mounted\n"
                                          "    opens hostpath-etc, which reaches writing files of the\n"
                                          "    host\n"
                                          "    do: mount nothing at /h, or mount it read-only where the\n"
                                          "    workload only reads; a long\\x1b[2J text\n");
    event.subject = std::string(200, 'n');
    event.departures[0].path = "mounts[\"/" + std::string(300, 'd') + "\"]";
    for (const std::size_t columns : {40U, 80U, 132U}) {
        const std::string text = writeTextLines(event, kTime, columns);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            EXPECT_LE(base::cellWidth(std::string_view(text).substr(at, end - at)), columns) << text;
            at = end + 1;
        }
    }
    Event gap;
    gap.kind = EventKind::gap;
    gap.text = "docker: no answer";
    EXPECT_EQ(writeTextLines(gap, kTime, 80), "2026-01-31T12:00:00Z gap\n    docker: no answer\n");
}

TEST(Lines, MetricsHaveHelpAndTypeBeforeTheirSamples) {
    Figures figures;
    figures.subjects = 3;
    figures.departures = {{compare::Direction::weaker, 2}};
    const std::string text = writeMetrics(figures, 0.25, 1769860800.5);
    EXPECT_TRUE(
        text.starts_with("# HELP bulkhead_watch_subjects Containers and other subjects that are watched.\n"
                         "# TYPE bulkhead_watch_subjects gauge\nbulkhead_watch_subjects 3\n"));
    EXPECT_TRUE(text.contains("\nbulkhead_watch_departures{direction=\"weaker\"} 2\n"));
    EXPECT_TRUE(text.contains("\nbulkhead_watch_departures{direction=\"stronger\"} 0\n"));
    EXPECT_TRUE(text.contains("\nbulkhead_watch_cpu_seconds_total 0.25\n"));
    EXPECT_TRUE(text.ends_with("\nbulkhead_watch_last_look_timestamp_seconds 1769860800.500\n"));
}

} // namespace
} // namespace bulkhead::watch
