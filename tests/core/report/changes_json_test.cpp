#include "core/report/changes_json.h"
#include "tests/core/report/sample_diagram.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bulkhead::report {
namespace {

using Json = nlohmann::json;

TEST(ChangesJson, isTheContractOfTheCommandLine) {
    diagram::Diagram diagram = sample::labDiagramOf({"default", "read-only"});
    EXPECT_EQ(writeChangesJson(diagram, {}, "enforced"), R"({
  "baseline": "default",
  "vantage": "enforced",
  "changes": [
    {
      "subject": "read-only",
      "path": "rootfs.fact",
      "before": "writable",
      "after": "read-only",
      "direction": "stronger",
      "reason": "nothing can be written to it",
      "stage": "Namespaces / caps"
    }
  ],
  "paths": {
    "opened": [],
    "closed": []
  }
}
)");
}

TEST(ChangesJson, valuesKeepTheirTypes) {
    diagram::Diagram diagram = sample::labDiagramOf({"default", "read-only"});
    auto& changes = diagram.columns[1].cells[12].changes;
    const auto change = [](std::string path, compare::Value before, compare::Value after) {
        return compare::Change{
            std::move(path), std::move(before), std::move(after), compare::Direction::unknown, "why"};
    };
    changes = {
        change("a", true, std::int64_t{12}), change("b", compare::Absent{}, model::Unreadable{"EACCES", ""}),
        change("c", std::vector<std::string>{"x", "y"}, std::string("\xff"))};
    const Json written = Json::parse(writeChangesJson(diagram, {}, "enforced")).at("changes");
    EXPECT_EQ(written[0]["before"], true);
    EXPECT_EQ(written[0]["after"], 12);
    EXPECT_EQ(written[1]["before"], "absent");
    EXPECT_TRUE(written[1]["after"].is_null());
    EXPECT_EQ(written[2]["before"], (Json{"x", "y"}));
    EXPECT_EQ(written[2]["direction"], "unknown");
}

TEST(ChangesJson, everyChangeOnceAndOnlyOfTheShownVantage) {
    const auto subjects = samples::four();
    for (const auto vantage : {model::Vantage::enforced, model::Vantage::declared}) {
        diagram::DiagramOptions options;
        options.vantage = vantage;
        const Json document = Json::parse(
            writeChangesJson(diagram::buildDiagram(subjects, options), subjects, model::nameOf(vantage)));
        EXPECT_EQ(document["vantage"], std::string(model::nameOf(vantage)));
        std::set<std::string> seen;
        for (const Json& change : document["changes"]) {
            const std::string key = change["subject"].get<std::string>() + change["path"].get<std::string>();
            EXPECT_TRUE(seen.insert(key).second) << key;
            EXPECT_TRUE(vantage == model::Vantage::declared || change["stage"] != "Runtime config") << change;
        }
        EXPECT_TRUE(seen.contains("read-onlyrootfs.writable"));
        EXPECT_TRUE(seen.contains("privilegedcapabilities.effective.CAP_SYS_ADMIN"));
    }
}

TEST(ChangesJson, foldedSubjectsAreListedEach) {
    auto subjects = samples::four();
    subjects.push_back(subjects[1]);
    subjects.back().name = "twin";
    diagram::DiagramOptions options;
    options.fold = true;
    const Json document =
        Json::parse(writeChangesJson(diagram::buildDiagram(subjects, options), subjects, "enforced"));
    const auto changesOf = [&](std::string_view name) {
        return std::ranges::count_if(
            document["changes"], [&](const Json& change) { return change["subject"] == name; });
    };
    EXPECT_EQ(changesOf("read-only x2"), 0);
    EXPECT_GT(changesOf("read-only"), 0);
    EXPECT_EQ(changesOf("twin"), changesOf("read-only"));
}

} // namespace
} // namespace bulkhead::report
