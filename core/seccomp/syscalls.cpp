#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <seccomp.h>

namespace bulkhead::seccomp {

namespace {

constexpr std::uint32_t kNumbers = 1024;       // no ABI has more, but for the private calls of arm
constexpr std::uint32_t kArmPrivate = 0xf0000; // __ARM_NR_BASE
constexpr std::uint32_t kFirstUnified = 424;   // since Linux 5.1 a new call has one number everywhere
constexpr std::array<std::string_view, 46> kUnified = {
    "pidfd_send_signal",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "pidfd_open",
    "clone3",
    "close_range",
    "openat2",
    "pidfd_getfd",
    "faccessat2",
    "process_madvise",
    "epoll_pwait2",
    "mount_setattr",
    "quotactl_fd",
    "landlock_create_ruleset",
    "landlock_add_rule",
    "landlock_restrict_self",
    "memfd_secret",
    "process_mrelease",
    "futex_waitv",
    "set_mempolicy_home_node",
    "cachestat",
    "fchmodat2",
    "map_shadow_stack",
    "futex_wake",
    "futex_wait",
    "futex_requeue",
    "statmount",
    "listmount",
    "lsm_get_self_attr",
    "lsm_set_self_attr",
    "lsm_list_modules",
    "mseal",
    "setxattrat",
    "getxattrat",
    "listxattrat",
    "removexattrat",
    "open_tree_attr",
    "file_getattr",
    "file_setattr"};

std::uint32_t libraryArch(const Arch& arch) {
    constexpr std::array<std::pair<std::string_view, std::uint32_t>, 5> kTokens = {{
        {"x86_64", SCMP_ARCH_X86_64},
        {"i386", SCMP_ARCH_X86},
        {"x32", SCMP_ARCH_X32},
        {"aarch64", SCMP_ARCH_AARCH64},
        {"arm", SCMP_ARCH_ARM},
    }};
    return std::ranges::find(kTokens, arch.name, &std::pair<std::string_view, std::uint32_t>::first)->second;
}

// Not every ABI has every call of the unified numbers (the .tbl files of Linux 6.18).
bool lacks(const Arch& arch, std::string_view name) {
    if (name == "memfd_secret") {
        return arch.name == "arm";
    }
    return name == "map_shadow_stack" && arch.name == "x32";
}

std::vector<Syscall> collectSyscalls(const Arch& arch) {
    std::map<std::uint32_t, std::string> names;
    const auto ask = [&](std::uint32_t number) {
        const std::unique_ptr<char, decltype(&std::free)> name(
            seccomp_syscall_resolve_num_arch(libraryArch(arch), static_cast<int>(number)), &std::free);
        if (name) {
            names.emplace(number, name.get());
        }
    };
    for (std::uint32_t number = 0; number < kNumbers; ++number) {
        ask(number | arch.bit);
    }
    for (std::uint32_t number = kArmPrivate; arch.name == "arm" && number < kArmPrivate + 16; ++number) {
        ask(number);
    }
    std::uint32_t number = kFirstUnified;
    for (const std::string_view name : kUnified) {
        if (!lacks(arch, name)) {
            names.emplace(number | arch.bit, name);
        }
        ++number;
    }
    if (arch.name == "x86_64") { // alone among the ABIs; libseccomp 2.5 knows neither
        names.emplace(335, "uretprobe");
        names.emplace(336, "uprobe");
    }
    std::vector<Syscall> calls;
    calls.reserve(names.size());
    for (auto& [each, name] : names) {
        calls.push_back({each, std::move(name)});
    }
    return calls;
}

struct Tables {
    std::map<std::string_view, std::vector<Syscall>> byArch;
    std::map<std::string_view, std::map<std::string_view, std::uint32_t>> numbers;
};

const Tables& tables() {
    static const Tables all = [] {
        Tables out;
        for (const Arch& arch : arches()) {
            for (const Syscall& call : out.byArch[arch.name] = collectSyscalls(arch)) {
                out.numbers[arch.name].emplace(call.name, call.number);
            }
        }
        return out;
    }();
    return all;
}

} // namespace

const std::vector<Syscall>& syscallsOf(const Arch& arch) {
    return tables().byArch.at(arch.name);
}

std::string_view nameOf(const Arch& arch, std::uint32_t number) {
    const auto& calls = syscallsOf(arch);
    const auto found = std::ranges::lower_bound(calls, number, {}, &Syscall::number);
    return found != calls.end() && found->number == number ? std::string_view(found->name)
                                                           : std::string_view();
}

std::optional<std::uint32_t> numberOf(const Arch& arch, std::string_view nameOrNumber) {
    const auto& numbers = tables().numbers.at(arch.name);
    if (const auto found = numbers.find(nameOrNumber); found != numbers.end()) {
        return found->second;
    }
    std::string_view digits = nameOrNumber.starts_with('#') ? nameOrNumber.substr(1) : nameOrNumber;
    const int base = digits.starts_with("0x") ? 16 : 10;
    digits.remove_prefix(base == 16 ? 2 : 0);
    std::int64_t number = 0; // -1 is a number too: it passes the filters as 0xffffffff
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    const bool whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
    if (!whole || number < INT32_MIN || number > UINT32_MAX) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(number);
}

std::string callKey(const Arch& arch, std::uint32_t number) {
    const std::string_view name = nameOf(arch, number);
    return name.empty() ? "#" + std::to_string(number) : std::string(name);
}

bool isKernelExempt(const Arch& arch, std::uint32_t number) {
    return arch.name == "x86_64" && (number == 335 || number == 336);
}

} // namespace bulkhead::seccomp
