#include "core/watch/roster.h"

#include <gtest/gtest.h>

namespace bulkhead::watch {
namespace {

Sighting
sighting(const std::string& ref, std::int64_t pid, std::size_t signature, std::uint64_t start = 100) {
    Sighting out;
    out.summary.ref = ref;
    out.summary.pid = pid;
    out.summary.startTime = start;
    out.summary.engine = "docker";
    out.pids = {pid};
    out.signature = signature;
    return out;
}

/// A pass in which everything that is due is read.
struct Pass {
    std::vector<std::string> read;
    std::vector<std::string> lines; ///< "gone docker:web"
    Meeting meeting;
};

Pass pass(Roster& roster, const std::vector<Sighting>& sightings) {
    Pass out;
    out.meeting = roster.meet(sightings);
    std::vector<Event> events = out.meeting.events;
    for (const Due& due : out.meeting.due) {
        out.read.push_back(due.subject);
        const auto more = roster.taken(due, 0);
        events.insert(events.end(), more.begin(), more.end());
    }
    for (const Event& event : events) {
        out.lines.push_back(std::string(model::nameOf(event.kind)) + " " + event.subject);
    }
    return out;
}

using Texts = std::vector<std::string>;

TEST(Roster, WhatRanBeforeTheWatchIsReadOnceAndIsNoNews) {
    Roster roster;
    const auto first = pass(roster, {sighting("docker:web", 7, 1), sighting("docker:db", 8, 2)});
    EXPECT_EQ(first.read, (Texts{"docker:web", "docker:db"}));
    EXPECT_EQ(first.lines, Texts());
    const auto idle = pass(roster, {sighting("docker:web", 7, 1), sighting("docker:db", 8, 2)});
    EXPECT_EQ(idle.read, Texts());
    EXPECT_EQ(roster.watched(), 2U);
}

TEST(Roster, AnotherSignatureIsReadAgain) {
    Roster roster;
    pass(roster, {sighting("docker:web", 7, 1), sighting("docker:db", 8, 2)});
    EXPECT_EQ(
        pass(roster, {sighting("docker:web", 7, 9), sighting("docker:db", 8, 2)}).read, Texts{"docker:web"});
    EXPECT_EQ(pass(roster, {sighting("docker:web", 7, 9), sighting("docker:db", 8, 2)}).read, Texts());
}

TEST(Roster, ANewContainerIsReadWhenItLooksTheSameTwice) {
    Roster roster;
    pass(roster, {});
    EXPECT_EQ(pass(roster, {sighting("docker:web", 7, 1)}).read, Texts());
    EXPECT_EQ(pass(roster, {sighting("docker:web", 7, 2)}).read, Texts());
    const auto settled = pass(roster, {sighting("docker:web", 7, 2)});
    EXPECT_EQ(settled.read, Texts{"docker:web"});
    EXPECT_EQ(settled.lines, Texts{"appeared docker:web"});
}

TEST(Roster, WhatARuntimeStillSetsUpIsWaitedForButNotForEver) {
    Roster roster;
    pass(roster, {});
    Sighting making = sighting("docker:web", 7, 1);
    making.starting = true;
    std::size_t passes = 1;
    while (pass(roster, {making}).read.empty()) {
        ASSERT_LT(++passes, 20U);
    }
    EXPECT_GT(passes, 3U);
}

TEST(Roster, ARestartUnderTheSameNameIsTheSameSubject) {
    Roster roster;
    pass(roster, {sighting("docker:web", 7, 1)});
    EXPECT_EQ(pass(roster, {}).lines, Texts{"gone docker:web"});
    EXPECT_EQ(pass(roster, {}).lines, Texts());
    EXPECT_EQ(roster.watched(), 0U);
    pass(roster, {sighting("docker:web", 90, 5)});
    const auto back = pass(roster, {sighting("docker:web", 90, 5)});
    EXPECT_EQ(back.lines, Texts{"restarted docker:web"});
    EXPECT_EQ(back.read, Texts{"docker:web"});
    // between two looks, and with the same number
    pass(roster, {sighting("docker:web", 90, 6, 777)});
    EXPECT_EQ(pass(roster, {sighting("docker:web", 90, 6, 777)}).lines, Texts{"restarted docker:web"});
}

TEST(Roster, AProcessThatNothingNamesDoesNotComeBack) {
    Roster roster;
    pass(roster, {sighting("pid:7", 7, 1)});
    const auto away = pass(roster, {});
    EXPECT_EQ(away.meeting.lost, Texts{"pid:7"});
    pass(roster, {sighting("pid:7", 7, 1, 999)});
    EXPECT_EQ(pass(roster, {sighting("pid:7", 7, 1, 999)}).lines, Texts{"appeared pid:7"});
}

TEST(Roster, AnEngineThatDoesNotAnswerTakesNoNames) {
    Roster roster;
    pass(roster, {sighting("docker:web", 7, 1)});
    const auto silent = pass(roster, {sighting("pid:7", 7, 1)});
    EXPECT_EQ(silent.lines, Texts());
    EXPECT_EQ(silent.read, Texts());
    EXPECT_EQ(
        silent.meeting.unnamed, (std::map<std::string, std::set<std::string>>{{"docker", {"docker:web"}}}));
    EXPECT_EQ(pass(roster, {sighting("pid:7", 7, 3)}).read, Texts{"docker:web"});
    const auto answers = pass(roster, {sighting("docker:web", 7, 3)});
    EXPECT_TRUE(answers.meeting.unnamed.empty());
    EXPECT_EQ(answers.lines, Texts());
}

TEST(Roster, ANameThatIsWrittenDownLateIsTaken) {
    Roster roster;
    pass(roster, {sighting("docker:web", 7, 1)});
    pass(roster, {});
    pass(roster, {sighting("pid:90", 90, 5)}); // its engine has not written it down yet
    const auto named = pass(roster, {sighting("docker:web", 90, 5)});
    const auto again = pass(roster, {sighting("docker:web", 90, 5)});
    Texts lines = named.lines;
    lines.insert(lines.end(), again.lines.begin(), again.lines.end());
    EXPECT_EQ(lines, Texts{"restarted docker:web"});
}

TEST(Roster, TwoOfOneNameAreBothWatched) {
    Roster roster;
    EXPECT_EQ(
        pass(roster, {sighting("docker:web", 7, 1), sighting("docker:web", 8, 1)}).read,
        (Texts{"docker:web", "pid:8"}));
}

} // namespace
} // namespace bulkhead::watch
