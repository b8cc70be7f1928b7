#include "core/model/knob.h"

#include <algorithm>
#include <array>

namespace bulkhead::model {

namespace {

constexpr std::string_view kLinks = "following links in sticky directories that others own: 1 refused";
constexpr std::string_view kCreates =
    "opening what others made in sticky directories: 1 refused where all may write, 2 where a group may";
constexpr std::string_view kCount = "how many of these namespaces a user may make: 0 none";
constexpr std::string_view kLocalnet = "packets from outside to 127.0.0.0/8 are routed: 1 yes";

constexpr std::array kKnobs = {
    Knob{"fs.binfmt_misc.status", "interpreters for foreign programs, which run outside of containers too"},
    Knob{"fs.protected_fifos", kCreates},
    Knob{"fs.protected_hardlinks", "hard links to files of others: 1 refused"},
    Knob{"fs.protected_regular", kCreates},
    Knob{"fs.protected_symlinks", kLinks},
    Knob{"fs.suid_dumpable", "core dumps of programs that raised their privileges: 0 none, 1 all, 2 to root"},
    Knob{
        "kernel.apparmor_restrict_unprivileged_userns",
        "1: an unprivileged user namespace needs a profile that permits it"},
    Knob{"kernel.core_pattern", "where core dumps go; after a | a program that runs as root on the host"},
    Knob{"kernel.core_pipe_limit", "dumps that may wait for that program at once: 0 without end"},
    Knob{"kernel.dmesg_restrict", "the kernel's log: 1 only with CAP_SYSLOG"},
    Knob{"kernel.io_uring_disabled", "io_uring: 0 for all, 1 for a group and CAP_SYS_ADMIN, 2 for nobody"},
    Knob{"kernel.io_uring_group", "the group that may use io_uring where it is restricted"},
    Knob{"kernel.kexec_load_disabled", "booting another kernel in place: 1 refused until a reboot"},
    Knob{"kernel.keys.maxbytes", "bytes of keys that a user may hold"},
    Knob{"kernel.keys.maxkeys", "keys that a user may hold"},
    Knob{"kernel.keys.root_maxbytes", "bytes of keys that root may hold"},
    Knob{"kernel.keys.root_maxkeys", "keys that root may hold"},
    Knob{"kernel.kptr_restrict", "kernel addresses in files: 0 shown, 1 to CAP_SYSLOG, 2 to nobody"},
    Knob{"kernel.modprobe", "the program that the kernel runs as root on the host to load a module"},
    Knob{"kernel.modules_disabled", "loading modules: 1 refused until a reboot"},
    Knob{
        "kernel.perf_event_paranoid",
        "performance events without privilege: -1 all, 1 no processor-wide, 2 no kernel, above none"},
    Knob{"kernel.randomize_va_space", "addresses are random: 0 no, 1 all but the heap, 2 all"},
    Knob{"kernel.sysrq", "keys that command the kernel: 0 none, 1 all, else a mask"},
    Knob{
        "kernel.unprivileged_bpf_disabled",
        "bpf(2) without privilege: 0 permitted, 1 refused until a reboot, 2 refused"},
    Knob{"kernel.unprivileged_userns_clone", "user namespaces without privilege (Debian): 0 refused"},
    Knob{
        "kernel.yama.ptrace_scope",
        "attaching to processes: 0 to one's own, 1 to descendants, 2 with CAP_SYS_PTRACE, 3 never"},
    Knob{"net.core.bpf_jit_harden", "compiled BPF programs are blinded: 0 no, 1 without privilege, 2 all"},
    Knob{"net.ipv4.conf.all.route_localnet", kLocalnet},
    Knob{"net.ipv4.conf.default.route_localnet", kLocalnet},
    Knob{"user.max_cgroup_namespaces", kCount},
    Knob{"user.max_ipc_namespaces", kCount},
    Knob{"user.max_mnt_namespaces", kCount},
    Knob{"user.max_net_namespaces", kCount},
    Knob{"user.max_pid_namespaces", kCount},
    Knob{"user.max_time_namespaces", kCount},
    Knob{"user.max_user_namespaces", kCount},
    Knob{"user.max_uts_namespaces", kCount},
    Knob{"vm.mmap_min_addr", "the lowest address that may be mapped without privilege"},
    Knob{"vm.overcommit_memory", "memory promised beyond what is there: 0 guessed, 1 always, 2 never"},
    Knob{
        "vm.unprivileged_userfaultfd",
        "userfaultfd(2) on faults of the kernel without privilege: 0 refused, 1 permitted"},
};

} // namespace

std::span<const Knob> knobs() {
    return kKnobs;
}

std::string_view knobMeaning(std::string_view name) {
    const auto found = std::ranges::find(kKnobs, name, &Knob::name);
    return found == kKnobs.end() ? std::string_view() : found->meaning;
}

} // namespace bulkhead::model
