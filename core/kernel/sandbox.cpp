#include "core/kernel/sandbox.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::kernel {

using model::Fact;
using model::Unreadable;

namespace {

constexpr std::size_t kMaxDescriptors = 4096;
constexpr int kMaxAncestors = 4;

enum class Program { other, gvisor, kataShim, hypervisor };

std::string_view leafOf(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// The programs that run sandboxes, by the names under which they are installed.
Program programNamed(std::string_view exe) {
    constexpr std::array<std::string_view, 6> kHypervisors = {"cloud-hypervisor", "firecracker", "stratovirt",
                                                              "crosvm",           "dragonball",  "qemu-kvm"};
    const std::string_view name = leafOf(exe);
    if (name == "runsc") {
        return Program::gvisor;
    }
    if (name == "containerd-shim-kata-v2") {
        return Program::kataShim;
    }
    const bool hypervisor =
        name.starts_with("qemu-system-") || std::ranges::find(kHypervisors, name) != kHypervisors.end();
    return hypervisor ? Program::hypervisor : Program::other;
}

Fact<std::string> said(std::string word, const SandboxEvidence& evidence, const std::string& because) {
    return {std::move(word), inferred("exe " + base::textFromBytes(evidence.exe) + ": " + because)};
}

Unreadable half(const SandboxEvidence& evidence, const std::string& what) {
    return {"exe " + base::textFromBytes(evidence.exe) + ": " + what, ""};
}

Fact<std::string> judgeHypervisor(const SandboxEvidence& evidence) {
    if (!evidence.hasMachine) {
        return half(evidence, "whether it runs a virtual machine cannot be seen");
    }
    if (!*evidence.hasMachine) {
        return half(evidence, "a hypervisor of the host without a virtual machine of KVM");
    }
    if (leafOf(evidence.parentExe) == "containerd-shim-kata-v2") {
        return said("kata", evidence, "the host's hypervisor, a KVM machine, started by a shim of Kata");
    }
    return said("microvm", evidence, "the host's hypervisor, with a KVM machine");
}

} // namespace

Fact<std::string> judgeSandbox(const SandboxEvidence& evidence) {
    const Program program = programNamed(evidence.exe);
    if (program == Program::other) {
        return said("none", evidence, "no program that runs sandboxes");
    }
    if (!evidence.fileOfHost) {
        return half(evidence, "whether that is the host's program of this name cannot be told");
    }
    if (!*evidence.fileOfHost) {
        // Jailers copy the hypervisor into a directory of its own, so a machine leaves it open.
        return evidence.hasMachine.value_or(true) && program != Program::gvisor
                   ? Fact<std::string>(
                         half(evidence, "not the host's file of that name, and may run a machine"))
                   : said("none", evidence, "only named like a sandbox, the file is not the host's");
    }
    switch (program) {
    case Program::gvisor:
        if (!evidence.ownNamespaces) {
            return half(evidence, "whether it stands in namespaces of its own cannot be told");
        }
        return *evidence.ownNamespaces
                   ? said("gvisor", evidence, "the host's runsc, in namespaces of its own")
                   : said("none", evidence, "runsc itself, in the host's namespaces");
    case Program::kataShim: // with the hypervisor built in
        return evidence.hasMachine.value_or(false)
                   ? said("kata", evidence, "a shim of Kata with a KVM machine")
               : evidence.hasMachine ? said("none", evidence, "a shim without a machine of its own")
                                     : Fact<std::string>(half(evidence, "its descriptors cannot be seen"));
    default:
        return judgeHypervisor(evidence);
    }
}

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

/// Descriptors of KVM machines are named by the kernel, "anon_inode:kvm-vm"; a file's name begins with "/".
std::optional<bool> holdsMachine(const Task& task) {
    constexpr std::string_view kMachine = "anon_inode:kvm-vm";
    if (!task.live()) {
        const auto links = task.read("fd.links");
        if (!links) {
            return std::nullopt;
        }
        const auto lines = linesOf(*links);
        return std::ranges::find(lines, kMachine) != lines.end();
    }
    auto folder = task.openFile("fd", O_RDONLY | O_DIRECTORY);
    if (!folder) {
        return std::nullopt;
    }
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(folder->get()));
    if (!directory) {
        return std::nullopt;
    }
    static_cast<void>(folder->release()); // closed by closedir
    for (std::size_t seen = 0; const dirent* entry = ::readdir(directory.get());) {
        if (++seen > kMaxDescriptors) {
            return std::nullopt;
        }
        const auto link = task.readLink("fd/" + std::string(entry->d_name));
        if (link && *link == kMachine) {
            return true;
        }
    }
    return false;
}

/// No file system on the way to a path of the host keeps a reader waiting.
bool isSafeOnHost(std::string_view path, const HostMounts& mounts) {
    for (std::string_view up = path;; up = parentOf(up)) {
        const MountEntry* mount = mounts.tree.at(up);
        if (mount == nullptr || mayStall(mount->fsType)) {
            return false;
        }
        if (up == "/") {
            return true;
        }
    }
}

/// The process runs the very file that the host has under the name that the link shows. Neither is opened.
std::optional<bool>
isFileOfHost(const Task& task, const std::string& exe, const Reading<HostMounts>& hostMounts) {
    if (!task.live()) {
        const auto stated = task.read("exe.host");
        return stated ? std::optional(trimmed(*stated) == "same") : std::nullopt;
    }
    if (!exe.starts_with('/') || exe.find("/../") != std::string::npos || !hostMounts ||
        !isSafeOnHost(exe, *hostMounts)) {
        return std::nullopt;
    }
    const auto running = task.openFile("exe", O_PATH);
    struct statx mine{};
    struct statx hosts{};
    constexpr int kQuiet = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
    if (!running || ::statx(running->get(), "", kQuiet | AT_EMPTY_PATH, STATX_INO, &mine) != 0) {
        return std::nullopt;
    }
    if (::statx(AT_FDCWD, exe.c_str(), kQuiet, STATX_INO, &hosts) != 0) {
        return false;
    }
    return mine.stx_ino == hosts.stx_ino && mine.stx_dev_major == hosts.stx_dev_major &&
           mine.stx_dev_minor == hosts.stx_dev_minor;
}

std::optional<std::int64_t> parentOfTask(const Task& task) {
    const auto status = task.read("status");
    for (const std::string_view line : linesOf(status ? std::string_view(*status) : std::string_view())) {
        if (line.starts_with("PPid:")) {
            return numberOf<std::int64_t>(trimmed(line.substr(5)));
        }
    }
    return std::nullopt;
}

/// The nearest ancestor that is a shim of the host's containerd.
std::string shimAbove(const os::ProcRoot& root, const Task& task, const Reading<HostMounts>& hostMounts) {
    auto pid = parentOfTask(task);
    for (int i = 0; i < kMaxAncestors && pid && *pid > 1; ++i) {
        const auto parent = Task::open(root, *pid);
        const auto exe = parent ? parent->readLink("exe") : Reading<std::string>(std::unexpected(Failure{}));
        if (!exe) {
            return "";
        }
        const std::string path(trimmed(*exe));
        if (leafOf(path).starts_with("containerd-shim") &&
            isFileOfHost(*parent, path, hostMounts).value_or(false)) {
            return path;
        }
        pid = parentOfTask(*parent);
    }
    return "";
}

std::optional<bool> hasOwnNamespaces(const model::Namespaces& namespaces) {
    std::optional<bool> own;
    for (const auto type : {model::NamespaceType::pid, model::NamespaceType::mnt}) {
        const auto found = namespaces.find(type);
        if (found != namespaces.end() && found->second.sharedWithHost.known()) {
            own = own.value_or(false) || !found->second.sharedWithHost.value();
        }
    }
    return own;
}

} // namespace

Fact<std::string> detectSandbox(
    const os::ProcRoot& root, const Task& task, const Reading<HostMounts>& hostMounts,
    const model::Namespaces& namespaces) {
    const auto exe = task.readLink("exe");
    if (!exe) {
        return exe.error().why;
    }
    SandboxEvidence evidence;
    evidence.exe = trimmed(*exe);
    if (programNamed(evidence.exe) != Program::other) {
        evidence.fileOfHost = isFileOfHost(task, evidence.exe, hostMounts);
        evidence.hasMachine = holdsMachine(task);
        evidence.parentExe = shimAbove(root, task, hostMounts);
        evidence.ownNamespaces = hasOwnNamespaces(namespaces);
    }
    return judgeSandbox(evidence);
}

} // namespace bulkhead::kernel
