#include "core/seccomp/unknown_calls.h"

#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <fmt/format.h>
#include <seccomp.h>

namespace bulkhead::seccomp {

using model::ArchVerdicts;
using model::SeccompVerdict;

namespace {

std::string nameReason(std::string_view name) {
    return fmt::format(
        "the profile names {}, which libseccomp {} here does not know; what becomes of it depends on the "
        "libseccomp of the runtime",
        name, libraryVersion());
}

// Of an architecture that no ABI of ours belongs to, and newer than libseccomp 2.5 (Linux 6.18, syscall.tbl).
bool isForeign(std::string_view name) {
    return name == "riscv_hwprobe" || std::ranges::any_of(arches(), [&](const Arch& arch) {
               return std::ranges::find(syscallsOf(arch), name, &Syscall::name) != syscallsOf(arch).end();
           });
}

/// Takes the number out of a range such as "#512..600", which the others keep.
void cutFromRange(ArchVerdicts& verdicts, std::uint32_t number) {
    const auto keep = [&](std::uint32_t low, std::uint32_t high, const SeccompVerdict& verdict) {
        const std::string dots = low < high ? fmt::format("..{}", high) : "";
        verdicts.calls.emplace(fmt::format("#{}{}", low, dots), verdict);
    };
    for (auto key = verdicts.calls.lower_bound("#");
         key != verdicts.calls.end() && key->first.starts_with('#'); ++key) {
        const auto range = numbersOfKey(arches().front(), key->first);
        if (!range || number < range->low || number > range->high) {
            continue;
        }
        const SeccompVerdict verdict = std::move(verdicts.calls.extract(key).mapped());
        if (range->low < number) {
            keep(range->low, number - 1, verdict);
        }
        if (number < range->high) {
            keep(number + 1, range->high, verdict);
        }
        return;
    }
}

void mark(ArchVerdicts& verdicts, const std::string& key, const std::string& reason) {
    const auto found = verdicts.calls.find(key);
    SeccompVerdict verdict;
    verdict.action = model::SeccompAction::undetermined;
    verdict.doubt = {reason, {}};
    if (found != verdicts.calls.end()) {
        verdict.kernelExempt = found->second.kernelExempt;
    }
    verdicts.calls.insert_or_assign(key, std::move(verdict));
}

void markNumber(ArchVerdicts& verdicts, const Arch& arch, const UnknownCalls& unknown, std::uint32_t number) {
    const std::string reason = unknown.reasonFor(arch, number);
    if (reason.empty()) {
        return;
    }
    if (nameOf(arch, number).empty()) {
        cutFromRange(verdicts, number);
    }
    mark(verdicts, callKey(arch, number), reason);
}

} // namespace

std::string libraryVersion() {
    const scmp_version* version = ::seccomp_version();
    return fmt::format("{}.{}.{}", version->major, version->minor, version->micro);
}

std::string UnknownCalls::reasonFor(const Arch& arch, std::uint32_t number) const {
    const std::string_view name = nameOf(arch, number);
    if (!name.empty() && std::ranges::binary_search(names, name)) {
        return nameReason(name);
    }
    const auto range = behindStub.find(std::string(arch.name));
    if (range != behindStub.end() && number >= range->second.low && number <= range->second.high) {
        return fmt::format(
            "runc refuses numbers above the greatest that its libseccomp knows of the profile; libseccomp "
            "{} here does not know {}",
            libraryVersion(), callKey(arch, range->second.high));
    }
    return "";
}

void markUnknown(Verdicts& verdicts, const UnknownCalls& unknown) {
    for (auto& [name, each] : verdicts) {
        const Arch* arch = findArch(name);
        if (arch == nullptr) {
            continue;
        }
        for (const std::string& call : unknown.names) {
            if (const auto number = numberOf(*arch, call)) {
                markNumber(each, *arch, unknown, *number);
            } else if (!isForeign(call)) {
                mark(each, call, nameReason(call));
            }
        }
        if (const auto range = unknown.behindStub.find(name); range != unknown.behindStub.end()) {
            for (std::uint32_t number = range->second.low; number <= range->second.high; ++number) {
                markNumber(each, *arch, unknown, number);
            }
        }
    }
}

} // namespace bulkhead::seccomp
