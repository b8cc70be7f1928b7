#include "core/model/gaps.h"
#include "core/os/file.h"
#include "core/wire/snapshot_json.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::wire {
namespace {

using model::Snapshot;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string errorOf(const std::string& text) {
    const auto parsed = parseSnapshots(text, "x.json");
    return parsed ? "accepted" : parsed.error().message;
}

TEST(SnapshotJson, ReadsBackWhatItWrote) {
    for (const diagram::SubjectView& view : samples::eight()) {
        for (const Snapshot* snapshot : {&*view.declared, &*view.enforced}) {
            const auto back = parseSnapshots(writeSnapshot(*snapshot), "x.json");
            ASSERT_TRUE(back) << back.error().message;
            ASSERT_EQ(back->size(), 1U);
            EXPECT_EQ(back->front(), *snapshot);
        }
    }
}

TEST(SnapshotJson, AnArrayHoldsSeveral) {
    const std::vector<Snapshot> two = {samples::dockerDefault(), samples::privileged()};
    const std::string text = writeSnapshots(two);
    const auto back = parseSnapshots(text, "x.json");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, two);
    EXPECT_TRUE(text.starts_with("[\n  {\n    \"schema\": ")) << text.substr(0, 40);
    EXPECT_TRUE(text.contains("\n  },\n  {\n    \"schema\": "));
    EXPECT_TRUE(text.ends_with("\n    ]\n  }\n]\n")) << text.substr(text.size() - 40);
    EXPECT_FALSE(text.contains("\n\n"));
    EXPECT_EQ(writeSnapshots({}), "[]\n");
}

TEST(SnapshotJson, AssumptionsAreGapsOrSettled) {
    Snapshot snapshot = samples::dockerDefault();
    snapshot.config.assumed = {
        {"identity.userNamespaceIsHost", model::Unreadable{"the daemon decides", "docker info"}},
        {"seccomp.mode", {true, {model::EvidenceKind::declared, "docker", "", 0}}}};
    const std::string text = writeSnapshot(snapshot);
    EXPECT_TRUE(text.contains("config.assumed[\\\"identity.userNamespaceIsHost\\\"]"));
    const auto back = parseSnapshots(text, "x.json");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->front(), snapshot);
}

TEST(SnapshotJson, AGapIsNullAndAnEntry) {
    const std::string text = writeSnapshot(samples::dockerDefault());
    EXPECT_NE(text.find("\"verdicts\": null"), std::string::npos);
    EXPECT_NE(text.find("\"path\": \"seccomp.verdicts\""), std::string::npos);
}

TEST(SnapshotJson, UnstatedIsLeftOut) {
    Snapshot snapshot = samples::dockerDefault();
    snapshot.identity.oomScoreAdj = {};
    EXPECT_EQ(writeSnapshot(snapshot).find("oomScoreAdj"), std::string::npos);
}

TEST(SnapshotJson, RejectsWithFileLineAndField) {
    const std::string good = writeSnapshot(samples::dockerDefault());
    EXPECT_EQ(
        errorOf(replaced(good, "bulkhead.snapshot/1", "bulkhead.snapshot/2")),
        "x.json:2: schema: \"bulkhead.snapshot/2\" is not a document this version reads; it reads "
        "\"bulkhead.snapshot/1\"");
    EXPECT_EQ(
        errorOf(replaced(good, "\"takenAt\": \"2026-01-31T12:00:00Z\"", "\"takenAt\": 5")),
        "x.json:10: takenAt: expected a text, found number");
    EXPECT_EQ(errorOf("{\n\n\"schema\": \n}"), "x.json:4: not valid JSON");
    EXPECT_EQ(errorOf("[1]"), "x.json:1: expected a snapshot with the key \"schema\", found number");
    EXPECT_EQ(errorOf(std::string(100, '[') + std::string(100, ']')), "x.json: nested deeper than 64 levels");
    EXPECT_NE(
        errorOf(replaced(good, "\"CAP_CHOWN\"", "\"CAP_FLY\"")).find("no capability is named \"CAP_FLY\""),
        std::string::npos);
    EXPECT_NE(
        errorOf(replaced(good, "\"vantage\": \"enforced\"", "\"vantage\": \"guessed\"")).find("vantage: "),
        std::string::npos);
}

TEST(SnapshotJson, TextOfADocumentIsMadeVisible) {
    const std::string good = writeSnapshot(samples::dockerDefault());
    const auto parsed = parseSnapshots(
        replaced(good, "\"name\": \"default\"", "\"name\": \"e\\u001b\\u009b\\u202e\""), "x.json");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->front().subject.name, R"(e\x1b\xc2\x9b\xe2\x80\xae)");
}

TEST(SnapshotJson, ANumberBeyondEveryTypeIsRefused) {
    const std::string good = writeSnapshot(samples::dockerDefault());
    EXPECT_EQ(
        errorOf(replaced(good, "\"effective\": 0", "\"effective\": 1e999")),
        "x.json: not valid JSON: a number is out of range");
}

TEST(SnapshotJson, NumbersMustFit) {
    const std::string good = writeSnapshot(samples::dockerDefault());
    EXPECT_NE(
        errorOf(replaced(good, "\"outside\": 0", "\"outside\": 99999999999"))
            .find("a number that fits its field"),
        std::string::npos);
}

TEST(SnapshotJson, KeepsVerdictsWithTheirCasesAndDoubts) {
    model::SeccompVerdict clone{model::SeccompAction::allow, 0, {}, {}, {}};
    clone.cases = {
        {{{0, model::ArgumentOperator::equal, {0x7e020000}, {0}}}, model::SeccompAction::allow, 0},
        {{{0, model::ArgumentOperator::notEqual, {0x7e020000}, {0}}}, model::SeccompAction::errorNumber, 1}};
    model::SeccompVerdict odd{model::SeccompAction::undetermined, 0, {}, {}, {}};
    odd.doubt = model::SeccompDoubt{"arg0 + arg1", {{{{1}, {~0ULL}}, {0}, model::SeccompAction::trap, 7}}};
    model::Snapshot snapshot = samples::dockerDefault();
    snapshot.seccomp.verdicts = {{{"x86_64", {true, {}, {{"clone", clone}, {"#600", odd}}}}}, {}};
    const std::string text = writeSnapshot(snapshot);
    EXPECT_NE(text.find("\"mask\": \"0x7e020000\""), std::string::npos);
    EXPECT_NE(text.find("\"0xffffffffffffffff\""), std::string::npos);
    const auto again = parseSnapshots(text, "x.json");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->front().seccomp.verdicts.value(), snapshot.seccomp.verdicts.value());
    EXPECT_NE(
        errorOf(replaced(text, "\"0x7e020000\"", "\"7e020000\""))
            .find("is no 64-bit hex number; one reads \"0x1f\""),
        std::string::npos);
}

TEST(SnapshotJson, KeepsProbes) {
    model::Snapshot snapshot = samples::dockerDefault();
    snapshot.probes = {
        {{"write", "/proc/sys/kernel/core_pattern", model::ProbeResult::denied, 30,
          model::ProbeResult::denied, true, ""},
         {"see-processes", "", model::ProbeResult::allowed, 0, {}, {}, ""}},
        {}};
    const auto again = parseSnapshots(writeSnapshot(snapshot), "x.json");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->front().probes.value(), snapshot.probes.value());
}

TEST(SnapshotSchema, CommittedFileIsTheGeneratedOne) {
    const auto committed = os::readFile("resources/schema/snapshot-1.json");
    ASSERT_TRUE(committed) << committed.error().message;
    EXPECT_EQ(*committed, writeSnapshotSchema()) << "regenerate with: build/PRESET/bin/write_schema";
}

TEST(SnapshotGaps, AreListedInDocumentOrder) {
    std::vector<std::string> paths;
    for (const model::Gap& gap : model::gapsOf(samples::dockerDefault())) {
        paths.push_back(gap.path);
    }
    EXPECT_EQ(
        paths, (std::vector<std::string>{
                   "tasks", "seccomp.filters", "seccomp.verdicts", "image.findings", "audit.rules"}));
}

} // namespace
} // namespace bulkhead::wire
