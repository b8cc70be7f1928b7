#include "core/kernel/module_loading.h"

#include "core/kernel/reading.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

namespace bulkhead::kernel {

using model::Fact;
using model::SeccompAction;
using model::Snapshot;

namespace {

/// A call that is run, or handed to somebody who may run it. nullopt: the filter defies evaluation.
std::optional<bool> mayRun(const model::SeccompVerdict& verdict) {
    switch (verdict.action) {
    case SeccompAction::allow:
    case SeccompAction::log:
    case SeccompAction::trace:
    case SeccompAction::userNotif:
        return true;
    case SeccompAction::undetermined:
        return std::nullopt;
    default:
        return false;
    }
}

std::optional<bool> filterLetsModules(const std::map<std::string, model::ArchVerdicts>& verdicts) {
    std::optional<bool> answer = false;
    for (const auto& [arch, calls] : verdicts) {
        if (!calls.reachable) {
            continue;
        }
        for (const char* const name : {"init_module", "finit_module"}) {
            const auto found = calls.calls.find(name);
            const auto runs = mayRun(found == calls.calls.end() ? calls.others : found->second);
            if (runs.value_or(false)) {
                return true;
            }
            answer = runs ? answer : std::nullopt;
        }
    }
    return answer;
}

} // namespace

Fact<bool> modulesLoadable(const Snapshot& snapshot) {
    const auto disabled = snapshot.host.knobs.find("kernel.modules_disabled");
    if (disabled == snapshot.host.knobs.end()) {
        return {false, inferred("/proc/sys/kernel/modules_disabled: this kernel takes no modules")};
    }
    const auto& over = snapshot.capabilities.over.at(model::NamespaceType::user);
    if (!over.known()) {
        return over.unreadable() ? Fact<bool>(over.gap()) : Fact<bool>();
    }
    if (!disabled->second.known()) {
        return disabled->second.gap();
    }
    const bool capable = over.value().has(*model::capabilityNamed("CAP_SYS_MODULE"));
    const std::string source = "CAP_SYS_MODULE over the host, kernel.modules_disabled";
    if (!capable || disabled->second.value() != "0") {
        return {false, inferred(source)};
    }
    const auto& verdicts = snapshot.seccomp.verdicts;
    if (!verdicts.known()) {
        return verdicts.unreadable() ? Fact<bool>(verdicts.gap()) : Fact<bool>(true, inferred(source));
    }
    const auto passes = filterLetsModules(verdicts.value());
    if (!passes) {
        return model::Unreadable{"what the system-call filter says of init_module is undetermined", ""};
    }
    return {*passes, inferred(source + ", the filter's verdicts of init_module and finit_module")};
}

} // namespace bulkhead::kernel
