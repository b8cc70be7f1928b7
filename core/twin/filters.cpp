#include "core/twin/filters.h"

#include "core/kernel/filters.h"
#include "core/seccomp/evaluate.h"

#include <thread>

namespace bulkhead::twin {

using base::ErrorKind;

base::Status readTargetFilters(Target& target) {
    if (target.status.seccomp.value_or(0) == 0) {
        return {};
    }
    kernel::Reading<kernel::StoppedReading> read = std::unexpected(kernel::Failure{});
    // a thread of its own: the kernel lets go of a process that would not stop when its tracer ends
    std::jthread([&] { read = kernel::readThreadFilters(target.task, target.pid); }).join();
    if (!read) {
        const std::string needs = read.error().why.needs.empty() ? "" : "; needs " + read.error().why.needs;
        return base::fail(
            ErrorKind::unsupported,
            "its filters could not be read, and without them a look from inside would "
            "show what it cannot do: " +
                read.error().why.reason + needs);
    }
    for (kernel::LoadedFilter& filter : read->filters) {
        target.filters.push_back({std::move(filter.program), filter.log});
    }
    return {};
}

base::Result<model::ArchVerdicts> verdictsOf(const std::vector<Filter>& filters, const std::string& arch) {
    seccomp::Stack stack;
    for (std::size_t i = 0; i < filters.size(); ++i) {
        auto program = seccomp::parseProgram(filters[i].program, "filter " + std::to_string(i));
        if (!program) {
            return std::unexpected(program.error());
        }
        stack.push_back(std::move(*program));
    }
    auto all = seccomp::evaluateStack(stack, {arch, true, false});
    const auto found = all.find(arch);
    if (found == all.end()) {
        return base::fail(ErrorKind::unsupported, arch + ": filters of this architecture are not evaluated");
    }
    return std::move(found->second);
}

} // namespace bulkhead::twin
