#include "core/kernel/seccomp_facts.h"

#include "core/base/sha256.h"
#include "core/seccomp/base64.h"
#include "core/seccomp/program.h"

#include <array>

namespace bulkhead::kernel {

using model::Fact;
using model::SeccompMode;
using model::Unreadable;

namespace {

constexpr std::array kModes = {SeccompMode::disabled, SeccompMode::strict, SeccompMode::filter};

SeccompMode modeOf(int number) {
    return kModes[static_cast<std::size_t>(number)];
}

Unreadable notPrinted(const std::string& line) {
    return {"status has no " + line + " line on this kernel", ""};
}

model::SeccompFilter describe(const LoadedFilter& loaded) {
    model::SeccompFilter filter;
    filter.instructions = static_cast<std::int64_t>(loaded.program.size() / seccomp::kInstructionBytes);
    filter.sha256 = base::sha256(loaded.program);
    filter.program = seccomp::base64Of(loaded.program);
    if (loaded.log) {
        filter.flags.emplace_back("log");
    }
    return filter;
}

/// What a mode alone decides (seccomp(2), SECCOMP_SET_MODE_STRICT).
model::ArchVerdicts verdictsOf(SeccompMode mode) {
    model::ArchVerdicts verdicts;
    if (mode == SeccompMode::strict) {
        verdicts.others.action = model::SeccompAction::killThread;
        for (const char* call : {"read", "write", "exit", "rt_sigreturn"}) {
            verdicts.calls.emplace(call, model::SeccompVerdict{});
        }
    }
    return verdicts;
}

void fillUnfiltered(model::Seccomp& seccomp, const Fact<std::string>& arch, const std::string& source) {
    seccomp.filters = {{}, inferred(source)};
    if (!arch.known()) {
        seccomp.verdicts = arch.gap();
        return;
    }
    seccomp.verdicts = {{{arch.value(), verdictsOf(seccomp.mode.value())}}, inferred(source)};
}

void fillOtherThreads(model::Seccomp& seccomp, const LiveFilters& live, const std::string& source) {
    if (live.unread > 0 && live.others.empty()) {
        seccomp.otherThreads = Unreadable{
            std::to_string(live.unread) + " threads were not read, the others are filtered alike", ""};
        return;
    }
    std::vector<model::OtherThreads> others;
    for (const FilteredThreads& group : live.others) {
        model::OtherThreads& other = others.emplace_back();
        other.threads = static_cast<std::int64_t>(group.tids.size());
        other.mode = modeOf(group.mode);
        for (const LoadedFilter& loaded : group.filters) {
            other.filters.push_back(base::sha256(loaded.program));
        }
    }
    seccomp.otherThreads = {std::move(others), observed(source)};
}

void fillVerdicts(model::Seccomp& seccomp, const LiveFilters& live, const Reading<seccomp::Machine>& abis) {
    if (!abis) {
        seccomp.verdicts = abis.error().why;
        seccomp.archGaps = abis.error().why;
        return;
    }
    const auto answers = evaluateFilters(live.widest.filters, *abis);
    if (!answers) {
        seccomp.verdicts = answers.error().why;
        seccomp.archGaps = answers.error().why;
        return;
    }
    const model::Evidence evidence = inferred("the programs of seccomp.filters");
    seccomp.verdicts = {(*answers)->verdicts, evidence};
    seccomp.defaultAction = {(*answers)->defaultAction, evidence};
    seccomp.archGaps = {(*answers)->archGaps, evidence};
}

void fillFilters(model::Seccomp& seccomp, const LiveFilters& live, const std::string& source) {
    std::vector<model::SeccompFilter> filters;
    filters.reserve(live.widest.filters.size());
    for (const LoadedFilter& loaded : live.widest.filters) {
        filters.push_back(describe(loaded));
    }
    seccomp.filters = {std::move(filters), observed(source)};
}

Fact<std::int64_t> countOf(const SeccompInputs& in) {
    if (in.filters && !in.filters->others.empty()) {
        return {
            static_cast<std::int64_t>(in.filters->widest.filters.size()),
            observed("PTRACE_SECCOMP_GET_FILTER")};
    }
    if (in.status->seccompFilters) {
        return {*in.status->seccompFilters, observed(in.source + " Seccomp_filters")};
    }
    return notPrinted("Seccomp_filters");
}

} // namespace

model::Seccomp buildSeccomp(const SeccompInputs& in) {
    model::Seccomp seccomp;
    if (!in.status || !in.status->seccomp) {
        const Unreadable why = in.status ? notPrinted("Seccomp") : in.status.error().why;
        seccomp.mode = why;
        seccomp.filterCount = why;
        seccomp.filters = why;
        seccomp.verdicts = why;
        return seccomp;
    }
    const SeccompMode mode = modeOf(in.filters ? in.filters->widest.mode : *in.status->seccomp);
    seccomp.mode = {mode, observed(in.source + " Seccomp")};
    seccomp.filterCount = countOf(in);
    if (in.filters) {
        fillOtherThreads(seccomp, *in.filters, "PTRACE_SECCOMP_GET_FILTER of every thread");
    }
    if (mode != SeccompMode::filter) {
        fillUnfiltered(seccomp, in.arch, in.source + " Seccomp");
    } else if (!in.filters) {
        seccomp.filters = in.filters.error().why;
        seccomp.verdicts = in.filters.error().why;
        seccomp.otherThreads = in.filters.error().why;
    } else {
        fillFilters(seccomp, *in.filters, "PTRACE_SECCOMP_GET_FILTER");
        fillVerdicts(seccomp, *in.filters, in.abis);
    }
    return seccomp;
}

} // namespace bulkhead::kernel
