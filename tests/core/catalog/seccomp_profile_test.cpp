#include "core/catalog/scenario.h"
#include "core/catalog/seccomp_profile.h"
#include "core/os/file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace bulkhead::catalog {

namespace {

using Json = nlohmann::json;

/// One call and its condition as text: what both readings of the profile are compared by.
using Verdicts = std::set<std::string>;

std::string textOf(const ResolvedRule& rule, const std::string& call) {
    std::string text = call + (rule.allow ? " allow" : " errno " + std::to_string(rule.errorNumber));
    if (rule.argument) {
        const ArgumentTest& test = *rule.argument;
        text += " arg" + std::to_string(test.index) + " op" + std::to_string(static_cast<int>(test.op)) +
                " " + std::to_string(test.mask) + " " + std::to_string(test.value);
    }
    return text;
}

Verdicts verdictsOf(const ResolvedProfile& profile) {
    Verdicts out;
    for (const ResolvedRule& rule : profile.rules) {
        for (const std::string& call : rule.calls) {
            out.insert(textOf(rule, call));
        }
    }
    return out;
}

std::string textOfArgument(const Json& args) {
    if (args.empty()) {
        return "";
    }
    const Json& arg = args.at(0);
    const std::string op = arg.at("op");
    const bool masked = op == "SCMP_CMP_MASKED_EQ";
    const int number = op == "SCMP_CMP_LT" ? 0 : op == "SCMP_CMP_EQ" ? 1 : op == "SCMP_CMP_GT" ? 2 : 3;
    const auto value = arg.at("value").get<std::uint64_t>();
    return " arg" + std::to_string(arg.at("index").get<int>()) + " op" + std::to_string(number) + " " +
           std::to_string(masked ? value : 0) + " " +
           std::to_string(masked ? arg.value("valueTwo", std::uint64_t{0}) : value);
}

/// Docker's own resolution of its own file (profiles/seccomp/seccomp_linux.go), for amd64.
Verdicts resolveMoby(const Json& file, const std::set<std::string>& bounding) {
    const auto all = [&](const Json& names) {
        return std::ranges::all_of(names, [&](const Json& n) { return bounding.contains(n); });
    };
    const auto none = [&](const Json& names) {
        return std::ranges::none_of(names, [&](const Json& n) { return bounding.contains(n); });
    };
    const auto native = [](const Json& names) { return std::ranges::count(names, "amd64") > 0; };
    Verdicts out;
    for (const Json& rule : file.at("syscalls")) {
        const Json in = rule.value("includes", Json::object());
        const Json ex = rule.value("excludes", Json::object());
        const bool applies = all(in.value("caps", Json::array())) && none(ex.value("caps", Json::array())) &&
                             (!in.contains("arches") || native(in["arches"])) &&
                             !native(ex.value("arches", Json::array()));
        for (const Json& name : applies ? rule.at("names") : Json::array()) {
            const bool allow = rule.at("action") == "SCMP_ACT_ALLOW";
            out.insert(
                name.get<std::string>() +
                (allow ? " allow" : " errno " + std::to_string(rule.at("errnoRet").get<int>())) +
                textOfArgument(rule.value("args", Json::array())));
        }
    }
    return out;
}

std::set<std::string> namesOf(const model::CapabilitySet& set) {
    const auto names = set.sortedNames();
    return {names.begin(), names.end()};
}

} // namespace

TEST(DockerDefault, EqualsTheResolutionOfDockersOwnFile) {
    const auto text = os::readFile(MOBY_SECCOMP_FILE);
    if (!text) {
        GTEST_SKIP() << "the reference data is not beside the project: " << text.error().message;
    }
    const Json file = Json::parse(*text);
    const auto profile = readSeccompProfile("resources/profiles", "docker-default");
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->otherwise, file.at("defaultErrnoRet").get<unsigned>());
    std::vector<model::CapabilitySet> sets = {{}, dockerCapabilities(), model::CapabilitySet(~0ULL >> 23)};
    for (std::size_t number = 0; number < model::kKnownCapabilities; ++number) {
        sets.emplace_back(std::uint64_t{1} << number);
    }
    for (const model::CapabilitySet& set : sets) {
        const auto resolved = resolveProfile(*profile, {set, "x86_64", {6, 1}});
        EXPECT_EQ(verdictsOf(resolved), resolveMoby(file, namesOf(set))) << set.mask();
        EXPECT_EQ(resolved.architectures, (std::vector<std::string>{"x86_64", "x86", "x32"}));
    }
}

TEST(DockerDefault, DecidesByCapabilityKernelAndMachine) {
    const auto profile = readSeccompProfile("resources/profiles", "docker-default");
    ASSERT_TRUE(profile) << profile.error().message;
    const auto allows = [&](const ProfileContext& context, const std::string& text) {
        return verdictsOf(resolveProfile(*profile, context)).contains(text);
    };
    const model::CapabilitySet admin(std::uint64_t{1} << 21);
    EXPECT_TRUE(allows({admin, "x86_64", {6, 1}}, "mount allow"));
    EXPECT_FALSE(allows({{}, "x86_64", {6, 1}}, "mount allow"));
    EXPECT_TRUE(allows({{}, "x86_64", {6, 1}}, "clone3 errno 38"));
    EXPECT_FALSE(allows({admin, "x86_64", {6, 1}}, "clone3 errno 38"));
    EXPECT_TRUE(allows({{}, "x86_64", {4, 8}}, "ptrace allow"));
    EXPECT_FALSE(allows({{}, "x86_64", {4, 7}}, "ptrace allow"));
    EXPECT_TRUE(allows({{}, "x86_64", {6, 1}}, "arch_prctl allow"));
    EXPECT_FALSE(allows({{}, "aarch64", {6, 1}}, "arch_prctl allow"));
    EXPECT_TRUE(allows({{}, "s390x", {6, 1}}, "clone allow arg1 op3 2114060288 0"));
    EXPECT_TRUE(allows({{}, "x86_64", {6, 1}}, "clone allow arg0 op3 2114060288 0"));
}

TEST(ParseKernelRelease, TakesTheFirstTwoNumbers) {
    EXPECT_EQ(parseKernelRelease("6.1.0-18-amd64"), (KernelRelease{6, 1}));
    EXPECT_EQ(parseKernelRelease("4.8"), (KernelRelease{4, 8}));
    for (const char* text : {"", "6", "6.", ".1", "x.1"}) {
        EXPECT_EQ(parseKernelRelease(text), std::nullopt) << text;
    }
    EXPECT_LT((KernelRelease{4, 18}), (KernelRelease{5, 0}));
}

TEST(ParseSeccompProfile, RefusesWithFileLineAndField) {
    const std::string head = "profile: p\notherwise: 1\nrules:\n";
    const std::vector<std::pair<std::string, std::string>> kTable = {
        {"  - allow: []", "p.yaml:4: rules[0]: either allow or refuse, with a list of calls, is expected"},
        {"  - refuse: [a]", "p.yaml:4: rules[0].errno: is missing"},
        {"  - {allow: [a], argument: arg7 < 1}",
         "p.yaml:4: rules[0].argument: expected such as arg0 < 38, arg0 == 8 or arg0 & 0xff == 0"},
        {"  - {allow: [a], argument: arg0 <= 1}",
         "p.yaml:4: rules[0].argument: expected such as arg0 < 38, arg0 == 8 or arg0 & 0xff == 0"},
        {"  - {allow: [a], with: [CAP_X]}", "p.yaml:4: rules[0].with: no capability is named CAP_X"},
        {"  - {allow: [a], kernel: new}", "p.yaml:4: rules[0].kernel: expected a release such as \"4.8\""},
        {"  - {allow: [a], caps: [b]}",
         "p.yaml:4: rules[0].caps: no such key; there are allow, refuse, errno, argument, with, without, on, "
         "notOn, kernel"},
    };
    for (const auto& [rule, message] : kTable) {
        const auto profile = parseSeccompProfile(head + rule + "\n", "p.yaml");
        ASSERT_FALSE(profile) << rule;
        EXPECT_EQ(profile.error().message, message);
    }
    EXPECT_EQ(
        readSeccompProfile("resources/profiles", "none-such").error().message,
        "the seccomp profile none-such: resources/profiles/none-such.yaml: No such file or directory");
}

} // namespace bulkhead::catalog
