#include "core/kernel/filter_verdicts.h"

#include "core/base/sha256.h"
#include "core/seccomp/arch_gaps.h"

#include <mutex>
#include <utility>

namespace bulkhead::kernel {

namespace {

// A verdict table takes about 200 kB; a machine has few different stacks.
constexpr std::size_t kRemembered = 64;

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
    result.defaultAction = seccomp::defaultActionOf(result.verdicts, machine.arch);
    result.archGaps = seccomp::archGapsOf(result.verdicts, machine.arch);
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
