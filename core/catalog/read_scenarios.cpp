#include "core/catalog/scenario.h"
#include "core/catalog/seccomp_profile.h"
#include "core/catalog/yaml_tree.h"
#include "core/os/file.h"

#include <algorithm>
#include <tuple>

namespace bulkhead::catalog {

namespace {

constexpr std::size_t kMaxScenarios = 200;

base::Result<Scenario> readScenario(
    const std::filesystem::path& file, const std::string& folderName,
    const std::vector<std::string>& profiles) {
    const auto text = os::readFile(file, kMaxYamlSize);
    if (!text) {
        return std::unexpected(text.error());
    }
    auto scenario = parseScenario(*text, file.string(), profiles);
    if (scenario && scenario->name != folderName) {
        return failAt(
            file.string(), 1, "name",
            "is " + scenario->name + " and the folder is " + folderName + "; both must be the same");
    }
    return scenario;
}

} // namespace

base::Result<std::vector<Scenario>>
readScenarios(const std::filesystem::path& folder, const std::filesystem::path& profiles) {
    const auto names = os::listDirectory(folder, kMaxScenarios);
    const auto known = profileNames(profiles);
    if (!names || !known) {
        return std::unexpected(names ? known.error() : names.error());
    }
    std::vector<Scenario> scenarios;
    for (const std::string& name : *names) {
        const auto file = folder / name / "scenario.yaml";
        std::error_code error;
        if (!std::filesystem::exists(file, error)) {
            continue;
        }
        auto scenario = readScenario(file, name, *known);
        if (!scenario) {
            return std::unexpected(scenario.error());
        }
        scenarios.push_back(std::move(*scenario));
    }
    if (scenarios.empty()) {
        return base::fail(
            base::ErrorKind::notFound,
            folder.string() + ": no scenario in this folder; expected NAME/scenario.yaml");
    }
    std::ranges::stable_sort(scenarios, {}, [](const Scenario& s) { return std::tie(s.order, s.name); });
    return scenarios;
}

std::vector<std::string> asksOf(const Scenario& s) {
    std::vector<std::string> asks;
    const auto add = [&](bool asked, std::string words) {
        if (asked) {
            asks.push_back(std::move(words));
        }
    };
    add(s.privileged, "everything");
    add(s.userNamespace.has_value(), "user namespace");
    add(s.uid != 0, "non-root user");
    add(!s.privileged && s.capabilities.empty(), "no capabilities");
    add(!s.privileged && !s.capabilities.empty() && s.capabilities != dockerCapabilities(),
        "other capabilities");
    add(s.noNewPrivileges, "no_new_privs");
    add(!s.privileged && s.seccomp.empty(), "no seccomp filter");
    add(!s.privileged && !s.protectPaths, "no protected paths");
    add(s.readOnlyRoot, "read-only root");
    add(!s.privileged && !s.readOnlyKernelFiles, "writable kernel file systems");
    add(!s.privileged && s.hostDevices, "host devices");
    add(!s.privileged && s.openDevicePolicy, "any device");
    for (const LabDirectory& directory : s.directories) {
        add(true, "host directory " + directory.target);
    }
    add(s.limits != AskedLimits{} || !s.rlimits.empty(), "limits");
    return asks;
}

} // namespace bulkhead::catalog
