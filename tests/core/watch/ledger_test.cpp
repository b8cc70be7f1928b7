#include "core/watch/ledger.h"

#include <gtest/gtest.h>

namespace bulkhead::watch {
namespace {

using compare::Direction;

Departure
departure(const std::string& path, const std::string& after, Direction direction = Direction::weaker) {
    Departure out;
    out.path = path;
    out.before = compare::Absent{};
    out.after = after;
    out.direction = direction;
    out.boundary = "declared";
    return out;
}

std::vector<EventKind> kindsOf(const std::vector<Event>& events) {
    std::vector<EventKind> out;
    for (const Event& event : events) {
        out.push_back(event.kind);
    }
    return out;
}

using Kinds = std::vector<EventKind>;

TEST(Ledger, TellsADepartureOnceWhileItLastsAndAgainWhenItEnds) {
    Ledger ledger;
    const auto first = ledger.update("oci:web", 7, {departure("a", "x")});
    ASSERT_EQ(kindsOf(first), Kinds{EventKind::departure});
    EXPECT_EQ(first[0].subject, "oci:web");
    EXPECT_EQ(first[0].pid, 7);
    EXPECT_EQ(first[0].departures.at(0).path, "a");
    EXPECT_EQ(ledger.update("oci:web", 7, {departure("a", "x")}), std::vector<Event>());
    EXPECT_EQ(kindsOf(ledger.update("oci:web", 7, {})), Kinds{EventKind::ended});
    EXPECT_EQ(ledger.update("oci:web", 7, {}), std::vector<Event>());
    EXPECT_EQ(kindsOf(ledger.update("oci:web", 7, {departure("a", "x")})), Kinds{EventKind::departure});
}

/// One act moves many facts: an exec session with all capabilities is one line, what it lost another.
TEST(Ledger, WhatOneLookFindsInOneDirectionIsOneLineGravestFirst) {
    Ledger ledger;
    Departure opening = departure("c", "x");
    opening.opens = {{"host-root", model::AttackAuthority::hostFileWrite, model::Truth::yes}};
    Departure doubtful = departure("b", "x");
    doubtful.opens = {{"one", {}, model::Truth::unknown}, {"two", {}, model::Truth::unknown}};
    const auto lines = ledger.update(
        "s", 1, {departure("a", "x"), doubtful, opening, departure("d", "x", Direction::stronger)});
    ASSERT_EQ(kindsOf(lines), (Kinds{EventKind::departure, EventKind::departure}));
    EXPECT_EQ(lines[0].departures, (std::vector{opening, doubtful, departure("a", "x")}));
    EXPECT_EQ(lines[1].departures, (std::vector{departure("d", "x", Direction::stronger)}));
    const auto after = ledger.update("s", 1, {departure("a", "y"), opening});
    ASSERT_EQ(kindsOf(after), (Kinds{EventKind::changed, EventKind::ended, EventKind::ended}));
    EXPECT_EQ(after[1].departures.size(), 1U) << "b, which was weaker";
    EXPECT_EQ(ledger.lasting("s"), 2U);
}

TEST(Ledger, AnotherReasonIsTheSameDepartureAnotherValueIsNot) {
    Ledger ledger;
    EXPECT_EQ(ledger.update("s", 1, {departure("a", "x")}).size(), 1U);
    Departure reworded = departure("a", "x");
    reworded.reason = "in other words";
    EXPECT_EQ(ledger.update("s", 1, {reworded}), std::vector<Event>());
    EXPECT_EQ(kindsOf(ledger.update("s", 1, {departure("a", "y")})), Kinds{EventKind::changed});
    EXPECT_EQ(
        kindsOf(ledger.update("s", 1, {departure("a", "y", Direction::unknown)})), Kinds{EventKind::changed});
}

TEST(Ledger, SubjectsAreApart) {
    Ledger ledger;
    EXPECT_EQ(ledger.update("s", 1, {departure("a", "x")}).size(), 1U);
    EXPECT_EQ(ledger.update("t", 2, {departure("a", "x")}).size(), 1U);
    EXPECT_EQ(ledger.update("s", 1, {}).size(), 1U);
    EXPECT_EQ(ledger.lasting("t"), 1U);
}

TEST(Ledger, ASubjectThatIsGoneCountsNoMoreAndKeepsItsDeparturesForItsReturn) {
    Ledger ledger;
    EXPECT_EQ(
        ledger.update("s", 1, {departure("a", "x"), departure("b", "y", Direction::unknown)}).size(), 2U)
        << "one for each direction";
    EXPECT_EQ(
        ledger.counts(), (std::map<Direction, std::size_t>{{Direction::weaker, 1}, {Direction::unknown, 1}}));
    ledger.suspend("s");
    EXPECT_TRUE(ledger.counts().empty());
    const auto back = ledger.update("s", 2, {departure("a", "x")});
    ASSERT_EQ(kindsOf(back), Kinds{EventKind::ended}); // b ended with the restart, a lasts
    EXPECT_EQ(back[0].departures.at(0).path, "b");
    ledger.forget("s");
    EXPECT_EQ(kindsOf(ledger.update("s", 3, {departure("a", "x")})), Kinds{EventKind::departure});
}

TEST(Ledger, AFloodIsOneLineAndLastsLikeTheRest) {
    Ledger ledger(3);
    std::vector<Departure> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(departure("path" + std::to_string(i), "x"));
    }
    const auto events = ledger.update("s", 1, many);
    EXPECT_EQ(kindsOf(events), (Kinds{EventKind::departure, EventKind::more}));
    EXPECT_EQ(events[0].departures.size(), 3U);
    EXPECT_TRUE(events.back().text.starts_with("997 further departures"));
    EXPECT_EQ(ledger.lasting("s"), 1000U);
    EXPECT_EQ(ledger.update("s", 1, many), std::vector<Event>());
}

TEST(Ledger, AGapIsOneLineWhateverItsWords) {
    Ledger ledger;
    EXPECT_EQ(kindsOf(ledger.updateGaps({{"docker", "no answer in 2001 ms"}})), Kinds{EventKind::gap});
    EXPECT_EQ(ledger.updateGaps({{"docker", "no answer in 2002 ms"}}), std::vector<Event>());
    EXPECT_EQ(ledger.gaps(), 1U);
    EXPECT_EQ(kindsOf(ledger.updateGaps({})), Kinds{EventKind::closed});
    EXPECT_EQ(ledger.gaps(), 0U);
}

} // namespace
} // namespace bulkhead::watch
