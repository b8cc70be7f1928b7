#include "core/wire/probe_calls.h"

#include <cerrno>

namespace bulkhead::wire {

namespace {

using Args = std::array<std::optional<std::uint64_t>, 6>;

constexpr std::uint64_t kHere = 0xffffffffffffff9cULL; // AT_FDCWD, -100
constexpr std::nullopt_t kAny = std::nullopt;

constexpr PlannedCall kClose{"close", {}};
constexpr PlannedCall kStatfs{"statfs", {}};
constexpr PlannedCall kStat{"newfstatat", Args{kHere}};
constexpr PlannedCall kOpen{"openat", Args{kHere}};
constexpr PlannedCall kUnixSocket{"socket", Args{1, 0x80801, 0}};
constexpr PlannedCall kConnect{"connect", {}};

constexpr std::array kLook = {kStatfs, kStat};
constexpr std::array kRead = {PlannedCall{"faccessat2", Args{kHere, kAny, 4, 0x200}}};
constexpr std::array kWrite = {PlannedCall{"faccessat2", Args{kHere, kAny, 2, 0x200}}};
constexpr std::array kKnob = {kStatfs, kOpen, kClose};
constexpr std::array kDevice = {kStat, kOpen, kClose};
constexpr std::array kConnectOnly = {kUnixSocket, kConnect, kClose};
constexpr std::array kAskVersion = {
    kUnixSocket, kConnect, PlannedCall{"sendto", {}}, PlannedCall{"poll", {}}, PlannedCall{"recvfrom", {}},
    kClose};
constexpr std::array kRawSocket = {PlannedCall{"socket", Args{2, 0x80003, 1}}, kClose};
constexpr std::array kPacketSocket = {PlannedCall{"socket", Args{17, 0x80003, 0}}, kClose};
constexpr std::array kNewMount = {PlannedCall{"fsopen", Args{kAny, 1}}, kClose};
constexpr std::array kBpf = {PlannedCall{"bpf", Args{11}}};
constexpr std::array kKeyring = {PlannedCall{"keyctl", Args{0, 0xfffffffffffffffdULL, 0}}};
constexpr std::array kPtrace = {PlannedCall{"ptrace", Args{2, 0x7fffffff, 0, 0}}};
constexpr std::array kIoUring = {PlannedCall{"io_uring_setup", Args{1, 0}}};
constexpr std::array kKernelLog = {PlannedCall{"syslog", Args{10, 0, 0}}};
constexpr std::array kLoadModule = {PlannedCall{"finit_module", {}}};
constexpr std::array kUnshareUser = {PlannedCall{"unshare", Args{0x10000000}}};

constexpr std::array kKinds = {
    TryKind{Try::look, "look", "which file system is there, and how it is mounted", kLook},
    TryKind{Try::read, "read", "would it be opened for reading", kRead},
    TryKind{Try::write, "write", "would it be opened for writing", kWrite},
    TryKind{Try::knob, "open-knob", "a setting of the whole machine opens for writing", kKnob},
    TryKind{Try::device, "open-device", "a harmless device node opens", kDevice},
    TryKind{Try::connect, "connect", "a runtime's socket takes a connection", kConnectOnly},
    TryKind{Try::askVersion, "ask-version", "the runtime behind the socket answers", kAskVersion},
    TryKind{Try::rawSocket, "raw-socket", "a raw IPv4 socket", kRawSocket},
    TryKind{Try::packetSocket, "packet-socket", "a raw packet socket", kPacketSocket},
    TryKind{Try::newMount, "new-mount", "a file system could be set up for mounting", kNewMount},
    TryKind{Try::bpf, "bpf", "BPF programs of the machine can be walked", kBpf},
    TryKind{Try::keyring, "keyring", "kernel keyrings answer", kKeyring},
    TryKind{Try::ptrace, "ptrace", "ptrace(2) reaches the kernel", kPtrace},
    TryKind{Try::ioUring, "io-uring", "io_uring can be set up", kIoUring},
    TryKind{Try::kernelLog, "kernel-log", "the kernel's log can be read", kKernelLog},
    TryKind{Try::loadModule, "load-module", "kernel modules can be loaded", kLoadModule},
    TryKind{Try::unshareUser, "unshare-user", "a user namespace can be made", kUnshareUser},
};

constexpr std::array kKnobs = {
    Knob{"/proc/sys/kernel/core_pattern", "/proc/sys"},
    Knob{"/proc/sys/kernel/modprobe", "/proc/sys"},
    Knob{"/proc/sys/kernel/sysrq", "/proc/sys"},
    Knob{"/proc/sys/vm/panic_on_oom", "/proc/sys"},
    Knob{"/proc/sysrq-trigger", "/proc/sysrq-trigger"},
    Knob{"/proc/irq/default_smp_affinity", "/proc/irq"},
    Knob{"/sys/kernel/uevent_helper", "/sys/kernel"},
    Knob{"/sys/kernel/profiling", "/sys/kernel"},
    Knob{"/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel"},
};

constexpr std::array<std::string_view, 5> kDevices = {
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

constexpr std::array kSockets = {
    KnownSocket{"/run/docker.sock", true},        KnownSocket{"/var/run/docker.sock", true},
    KnownSocket{"/run/podman/podman.sock", true}, KnownSocket{"/run/containerd/containerd.sock", false},
    KnownSocket{"/run/crio/crio.sock", false},
};

} // namespace

std::span<const TryKind> tryKinds() {
    return kKinds;
}

const TryKind& kindOf(Try what) {
    return kKinds[static_cast<std::size_t>(what)];
}

model::ProbeResult resultOf(int error) {
    switch (error) {
    case 0:
        return model::ProbeResult::allowed;
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOSPC:
    case EUSERS:
        return model::ProbeResult::denied;
    case ENOENT:
    case ENOTDIR:
    case ENXIO:
    case ENODEV:
    case ENOSYS:
    case ECONNREFUSED:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
        return model::ProbeResult::absent;
    default:
        return model::ProbeResult::failed;
    }
}

std::span<const Knob> knobs() {
    return kKnobs;
}

std::span<const std::string_view> harmlessDevices() {
    return kDevices;
}

std::span<const KnownSocket> knownSockets() {
    return kSockets;
}

} // namespace bulkhead::wire
