#include "core/kernel/filter_verdicts.h"

#include "core/base/sha256.h"
#include "core/seccomp/action.h"
#include "core/seccomp/syscalls.h"

#include <mutex>
#include <utility>

namespace bulkhead::kernel {

using model::SeccompAction;
using model::SeccompVerdict;

namespace {

// A verdict table takes about 200 kB; a machine has few different stacks.
constexpr std::size_t kRemembered = 64;

bool refuses(const SeccompVerdict& verdict) {
    return verdict.action != SeccompAction::allow && verdict.action != SeccompAction::log &&
           verdict.action != SeccompAction::undetermined;
}

bool letsPass(const SeccompVerdict& verdict) {
    return verdict.action == SeccompAction::allow || verdict.action == SeccompAction::log;
}

/// A call that the native ABI refuses under any arguments passes in this one, under some or all.
bool forgotten(const model::ArchVerdicts& native, const model::ArchVerdicts& foreign, std::string_view arch) {
    const seccomp::Arch* known = seccomp::findArch(arch);
    if (!foreign.reachable || known == nullptr) {
        return false;
    }
    if (refuses(native.others) && letsPass(foreign.others)) {
        return true;
    }
    for (const auto& [call, verdict] : native.calls) {
        const auto same = foreign.calls.find(call);
        const SeccompVerdict& there = same == foreign.calls.end() ? foreign.others : same->second;
        const bool shared = !call.starts_with('#') && seccomp::numberOf(*known, call).has_value();
        if (shared && !verdict.kernelExempt.value_or(false) && refuses(verdict) && letsPass(there)) {
            return true;
        }
    }
    return false;
}

std::string keyOf(const std::vector<LoadedFilter>& filters, const seccomp::Machine& machine) {
    base::Sha256 hash;
    hash.add(machine.arch + (machine.compat ? "+32" : "") + (machine.x32 ? "+x32" : ""));
    for (const LoadedFilter& filter : filters) {
        hash.add("/" + std::to_string(filter.program.size()) + "/");
        hash.add(filter.program);
    }
    return hash.finish();
}

FilterVerdicts evaluated(const seccomp::Stack& stack, const seccomp::Machine& machine) {
    FilterVerdicts result;
    result.verdicts = seccomp::evaluateStack(stack, machine);
    const auto native = result.verdicts.find(machine.arch);
    if (native == result.verdicts.end()) {
        return result;
    }
    result.defaultAction = seccomp::toText({native->second.others.action, native->second.others.data});
    for (const auto& [arch, verdicts] : result.verdicts) {
        if (arch != machine.arch && forgotten(native->second, verdicts, arch)) {
            result.archGaps.push_back(arch);
        }
    }
    return result;
}

} // namespace

Reading<std::shared_ptr<const FilterVerdicts>>
evaluateFilters(const std::vector<LoadedFilter>& filters, const seccomp::Machine& machine) {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const FilterVerdicts>> remembered;
    const std::string key = keyOf(filters, machine);
    {
        const std::scoped_lock lock(mutex);
        if (const auto found = remembered.find(key); found != remembered.end()) {
            return found->second;
        }
    }
    seccomp::Stack stack;
    for (std::size_t i = 0; i < filters.size(); ++i) {
        auto program = seccomp::parseProgram(filters[i].program, "filter " + std::to_string(i));
        if (!program) {
            return std::unexpected(failureOf(program.error()));
        }
        stack.push_back(std::move(*program));
    }
    auto result = std::make_shared<const FilterVerdicts>(evaluated(stack, machine));
    const std::scoped_lock lock(mutex);
    if (remembered.size() >= kRemembered) {
        remembered.clear();
    }
    remembered.emplace(key, result);
    return result;
}

} // namespace bulkhead::kernel
