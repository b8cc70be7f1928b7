#include "core/seccomp/runc_stub.h"

#include "core/seccomp/arch.h"
#include "core/seccomp/opcodes.h"
#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <linux/seccomp.h>
#include <map>
#include <seccomp.h>
#include <set>
#include <vector>

namespace bulkhead::seccomp {

namespace {

constexpr std::uint32_t kX32Numbers = 0x40000000; // __X32_SYSCALL_BIT

// Of struct seccomp_data.
constexpr std::uint32_t kNumberOffset = 0;
constexpr std::uint32_t kArchOffset = 4;

Instruction load(std::uint32_t offset) {
    return {op::kLoadData, 0, 0, offset};
}
Instruction skip(std::size_t count) {
    return {op::kJump, 0, 0, static_cast<std::uint32_t>(count)};
}
Instruction branch(std::uint16_t condition, std::uint32_t value, std::size_t yes, std::size_t no = 0) {
    const auto code = static_cast<std::uint16_t>(op::kClassJump | condition);
    return {code, static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), value};
}

/// The greatest number that a rule names for an architecture; 0 where it knows none of the calls.
std::uint32_t greatestOf(const Profile& profile, std::uint32_t token) {
    int greatest = 0;
    for (const ProfileRule& rule : profile.rules) {
        for (const std::string& call : rule.calls) {
            greatest = std::max(greatest, ::seccomp_syscall_resolve_name_arch(token, call.c_str()));
        }
    }
    return static_cast<std::uint32_t>(greatest);
}

/// AUDIT_ARCH_*: x32 shares that of x86_64, every other token is one.
std::uint32_t auditOf(std::uint32_t token) {
    return token == SCMP_ARCH_X32 ? static_cast<std::uint32_t>(SCMP_ARCH_X86_64) : token;
}

/// By audit architecture: token and greatest number.
using Greatest = std::map<std::uint32_t, std::map<std::uint32_t, std::uint32_t>>;

Greatest greatestByArchitecture(const Profile& profile) {
    std::set<std::uint32_t> tokens = {::seccomp_arch_native()};
    for (const std::string& name : profile.architectures) {
        tokens.insert(architectureToken(name));
    }
    Greatest all;
    for (const std::uint32_t token : tokens) {
        auto& group = all[auditOf(token)];
        if (const std::uint32_t greatest = greatestOf(profile, token); greatest != 0) {
            group[token] = greatest;
        }
    }
    return all;
}

/// The check of one audit architecture, standing before `tail`, whose second instruction from its end
/// enters the profile and whose last answers ENOSYS.
Program
sectionOf(std::uint32_t audit, const std::map<std::uint32_t, std::uint32_t>& numbers, std::size_t tailSize) {
    const std::size_t toEnosys = tailSize - 1;
    Program section = {load(kNumberOffset)};
    if (numbers.size() == 1) {
        const auto [token, number] = *numbers.begin();
        if (audit == SCMP_ARCH_X86_64 && token == SCMP_ARCH_X32) {
            section.push_back(branch(op::kAnyBit, kX32Numbers, 0, 1));
        } else if (audit == SCMP_ARCH_X86_64) {
            section.push_back(branch(op::kAnyBit, kX32Numbers, 1));
        }
        section.push_back(branch(op::kGreater, number, toEnosys + 1));
    } else {
        section.push_back(branch(op::kAnyBit, kX32Numbers, 1));
        section.push_back(branch(op::kGreater, numbers.at(SCMP_ARCH_X86_64), toEnosys + 2, 1));
        section.push_back(branch(op::kGreater, numbers.at(SCMP_ARCH_X32), toEnosys + 1));
    }
    section.push_back(skip(toEnosys + 1));
    return section;
}

/// The ABI as we name it; null for one that we do not evaluate.
const Arch* archOfToken(std::uint32_t token) {
    const auto same = [&](const Arch& arch) {
        return token == SCMP_ARCH_X32 ? arch.bit != 0 : arch.bit == 0 && arch.audit == token;
    };
    const auto all = arches();
    const auto found = std::ranges::find_if(all, same);
    return found == all.end() ? nullptr : &*found;
}

void prepend(Program& program, const Program& before) {
    program.insert(program.begin(), before.begin(), before.end());
}

} // namespace

std::uint32_t architectureToken(const std::string& name) {
    constexpr std::string_view kPrefix = "SCMP_ARCH_";
    if (!name.starts_with(kPrefix)) {
        return 0;
    }
    std::string lower = name.substr(kPrefix.size());
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return ::seccomp_arch_resolve_name(lower.c_str());
}

std::map<std::string, KeyedNumbers>
behindStub(const Profile& resolved, const std::vector<std::string>& unknown) {
    std::map<std::string, KeyedNumbers> all;
    for (const auto& [audit, group] : greatestByArchitecture(resolved)) {
        for (const auto& [token, greatest] : group) {
            const Arch* arch = archOfToken(token);
            for (const std::string& name : unknown) {
                const auto number = arch != nullptr ? numberOf(*arch, name) : std::nullopt;
                if (number && *number > greatest) {
                    KeyedNumbers& range = all[std::string(arch->name)];
                    range = {greatest + 1, std::max(range.high, *number)};
                }
            }
        }
    }
    return all;
}

Program runcStub(const Profile& resolved, std::uint32_t otherwise) {
    const std::uint32_t action = otherwise & SECCOMP_RET_ACTION_FULL;
    if (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_TRACE) {
        return {};
    }
    const Greatest all = greatestByArchitecture(resolved);
    Program program = {skip(1), {op::kReturn, 0, 0, SCMP_ACT_ERRNO(ENOSYS)}};
    std::map<std::uint32_t, std::size_t> starts; // from the end
    for (const auto& [audit, numbers] : all) {
        if (!numbers.empty()) {
            prepend(program, sectionOf(audit, numbers, program.size()));
            starts[audit] = program.size();
        }
    }
    prepend(program, {skip(program.size())});
    for (const auto& [audit, start] : starts) {
        prepend(program, {branch(op::kEqual, audit, program.size() - start)});
    }
    prepend(program, {load(kArchOffset)});
    return program;
}

} // namespace bulkhead::seccomp
