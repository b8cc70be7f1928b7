#include "core/seccomp/arch_gaps.h"

#include "core/seccomp/syscalls.h"

namespace bulkhead::seccomp {

using model::SeccompAction;
using model::SeccompVerdict;

namespace {

bool letsPass(const SeccompVerdict& verdict) {
    return verdict.action == SeccompAction::allow || verdict.action == SeccompAction::log;
}

bool refuses(const SeccompVerdict& verdict) {
    return !letsPass(verdict) && verdict.action != SeccompAction::undetermined;
}

/// A call that the native ABI refuses under any arguments passes in this one, under some or all.
bool forgotten(const model::ArchVerdicts& native, const model::ArchVerdicts& foreign, std::string_view arch) {
    const Arch* known = findArch(arch);
    if (!foreign.reachable || known == nullptr) {
        return false;
    }
    if (refuses(native.others) && letsPass(foreign.others)) {
        return true;
    }
    for (const auto& [call, verdict] : native.calls) {
        const auto same = foreign.calls.find(call);
        const SeccompVerdict& there = same == foreign.calls.end() ? foreign.others : same->second;
        const bool shared = !call.starts_with('#') && numberOf(*known, call).has_value();
        if (shared && !verdict.kernelExempt.value_or(false) && refuses(verdict) && letsPass(there)) {
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<std::string> archGapsOf(const Verdicts& verdicts, std::string_view native) {
    std::vector<std::string> gaps;
    const auto own = verdicts.find(std::string(native));
    if (own == verdicts.end()) {
        return gaps;
    }
    for (const auto& [arch, each] : verdicts) {
        if (arch != native && forgotten(own->second, each, arch)) {
            gaps.push_back(arch);
        }
    }
    return gaps;
}

std::string defaultActionOf(const Verdicts& verdicts, std::string_view native) {
    const auto own = verdicts.find(std::string(native));
    return own == verdicts.end() ? "" : toText(Answer{own->second.others.action, own->second.others.data});
}

} // namespace bulkhead::seccomp
