#include "core/seccomp/evaluate.h"

#include "core/seccomp/arch.h"
#include "core/seccomp/arch_walk.h"

namespace bulkhead::seccomp {

std::map<std::string, model::ArchVerdicts> evaluateStack(const Stack& stack, const Machine& machine) {
    std::map<std::string, model::ArchVerdicts> all;
    for (const Arch& arch : arches()) {
        if (arch.native != machine.arch) {
            continue;
        }
        model::ArchVerdicts verdicts = evaluateArch(stack, arch);
        verdicts.reachable = arch.name == arch.native || (arch.bit != 0 ? machine.x32 : machine.compat);
        all.emplace(arch.name, std::move(verdicts));
    }
    return all;
}

} // namespace bulkhead::seccomp
