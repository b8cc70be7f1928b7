#include "core/claims/clean_path.h"
#include "core/claims/resolution.h"

#include <algorithm>
#include <fnmatch.h>
#include <iterator>
#include <sys/vfs.h>

namespace bulkhead::claims {

using model::NamespaceType;
using model::Unreadable;

namespace {

AskedMount engineFile(const Resolution& in, const std::string& target) {
    AskedMount mount;
    mount.target = target;
    mount.type = "bind";
    mount.options = {"rbind", "rprivate"};
    mount.from = in.byDefault("files of the engine");
    mount.ofEngine = true;
    mount.sourceUnknown = Unreadable{"a file that the engine makes for the container", ""};
    return mount;
}

bool isCri(const Resolution& in) {
    return in.engine.algebra == CapabilityAlgebra::dropWins;
}

/// resolv.conf, hostname and hosts: files that the engine keeps for each container; Podman has one more. The
/// shared memory of Podman's containers and of Pods is kept outside, so that others can join it.
void addEngineFiles(const Resolution& in, bool hostIpc, Boundary& out) {
    if (in.choice.name == "runc" || in.choice.name == "crun") {
        return;
    }
    std::vector<std::string> targets;
    if (!in.claim.engineFiles.valueOr(false)) {
        targets = {"/etc/resolv.conf", "/etc/hostname", "/etc/hosts"};
    }
    if (in.choice.name == "podman") {
        const auto overRun = [](const AskedMount& mount) { return mount.target == "/run"; };
        if (std::ranges::none_of(out.mounts, overRun) && std::ranges::none_of(in.claim.mounts, overRun)) {
            targets.emplace_back("/run/.containerenv");
        }
    }
    // that of an ordinary user's Podman lies in a mount namespace of its own, unseen by the host: furniture
    const bool unseen = in.choice.users == UserMapping::rootless;
    if ((in.choice.name == "podman" || isCri(in)) && !hostIpc && !unseen) {
        std::erase_if(out.mounts, [](const AskedMount& mount) { return mount.target == "/dev/shm"; });
        targets.emplace_back("/dev/shm");
    }
    for (const std::string& target : targets) {
        if (std::ranges::find(in.claim.mounts, target, &AskedMount::target) == in.claim.mounts.end()) {
            out.mounts.push_back(engineFile(in, target));
            const bool shm = target == "/dev/shm";
            const std::vector<std::string> strict = {"nosuid", "nodev", "noexec"};
            out.mounts.back().options.insert(
                out.mounts.back().options.end(), strict.begin(), shm ? strict.end() : strict.begin());
        }
    }
}

/// The first process that --init asks for is a file of the engine's, where the container has processes of its
/// own (moby daemon/oci_linux.go, podman libpod/container_internal_linux.go).
void addInit(const Resolution& in, Boundary& out) {
    const auto pid = out.namespaces.find(NamespaceType::pid);
    const bool own = pid != out.namespaces.end() && pid->second.known() && pid->second.value() == "new";
    const bool podman = in.choice.name == "podman";
    if (in.claim.init.valueOr(false) && own && (podman || in.choice.name == "docker")) {
        AskedMount mount = engineFile(in, podman ? "/run/podman-init" : "/sbin/docker-init");
        mount.options.emplace_back("ro");
        mount.from = in.claim.init.evidence();
        out.mounts.push_back(std::move(mount));
    }
}

/// Engines make them read-only with the root, Podman with more flags; the shared memory stays, and what the
/// kubelet makes (/etc/hosts, the file of the last words).
void closeEngineFiles(const Resolution& in, Boundary& out) {
    const bool podman = in.choice.name == "podman";
    if (!in.claim.readOnlyRoot.valueOr(false)) {
        return;
    }
    for (AskedMount& mount : out.mounts) {
        const bool ofKubelet =
            isCri(in) && mount.target != "/etc/hostname" && mount.target != "/etc/resolv.conf";
        if (mount.ofEngine && mount.target != "/dev/shm" && !ofKubelet) {
            const std::vector<std::string> flags = {"ro", "nosuid", "nodev", "noexec"};
            mount.options.insert(
                mount.options.end(), flags.begin(), podman ? flags.end() : flags.begin() + 1);
        }
    }
}

/// moby daemon/oci_linux.go: a read-only cgroup mount could not be made in a user namespace; podman
/// pkg/specgen/generate/oci_linux.go: the paths that are unmasked.
bool hasWritableCgroups(const Resolution& in) {
    if (in.choice.name == "docker") {
        return in.choice.users == UserMapping::remapped || in.claim.cgroupsWritable.valueOr(false);
    }
    return in.choice.name == "podman" &&
           (in.claim.pathsOpen.valueOr(false) || isUnmasked(in, "/sys/fs/cgroup"));
}

/// The kubelet has the volumes of a Pod with a user namespace of its own mounted by its map, so that their
/// files belong to whom they would without it, those of hostPath too (kubernetes.io, User Namespaces).
bool mapsVolumes(const Resolution& in, const Boundary& out) {
    const auto users = out.namespaces.find(NamespaceType::user);
    return in.engine.algebra == CapabilityAlgebra::dropWins && users != out.namespaces.end() &&
           users->second.known() && users->second.value() == "new";
}

/// So are the files that containerd keeps for it, but the shared memory, and of CRI-O's the one that the
/// kubelet asks for.
void mapEngineFiles(const Resolution& in, Boundary& out) {
    for (AskedMount& mount : out.mounts) {
        const bool ofKubelet = mount.target == "/etc/hosts";
        const bool kept = in.choice.name == "containerd" && mount.target != "/dev/shm";
        if (mount.ofEngine && (ofKubelet || kept)) {
            mount.options.emplace_back("idmap");
        }
    }
}

/// sysfs is one file system for each network namespace, and the sandbox of a Pod mounts it first, read-only:
/// so it is for a privileged container beside it, though its own mount is writable. containerd 2.0.3 and
/// 1.7.26 make it writable in the sandbox of such a Pod (pull request 11271).
void closeSysfsOfSandbox(const Resolution& in, Boundary& out) {
    const auto net = out.namespaces.find(NamespaceType::net);
    const bool own = net != out.namespaces.end() && net->second.known() && net->second.value() == "new";
    const bool mended = in.choice.major() >= 2 ? in.choice.isSince({2, 0, 3}) : in.choice.isSince({1, 7, 26});
    if (in.choice.name != "containerd" || !in.privileged || !own || mended) {
        return;
    }
    for (AskedMount& mount : out.mounts) {
        mount.superReadOnly = mount.superReadOnly || mount.type == "sysfs";
    }
}

/// In a user namespace sysfs can be mounted for a network namespace of the same owner only; over the host's
/// network Podman shows the host's, and leaves its control groups where they are (podman
/// pkg/specgen/generate/oci_linux.go, canMountSys).
void showSysfsOfHost(const Resolution& in, Boundary& out) {
    if (!showsSysfsOfHost(in, out)) {
        return;
    }
    std::erase_if(out.mounts, [](const AskedMount& mount) { return mount.type == "cgroup"; });
    for (AskedMount& mount : out.mounts) {
        if (mount.type == "sysfs") {
            mount.type = "bind";
            mount.source = "/sys";
            mount.options.emplace_back("rbind");
        }
    }
}

/// Podman puts writable file systems over these folders of a read-only root; inspect lists them itself.
void addReadOnlyTmpfs(const Resolution& in, Boundary& out) {
    if (in.choice.name != "podman" || !in.claim.readOnlyRoot.valueOr(false) ||
        !in.claim.readOnlyTmpfs.valueOr(!in.claim.engineFiles.known())) {
        return;
    }
    for (const char* target : {"/run", "/tmp", "/var/tmp"}) {
        out.mounts.push_back(
            tmpfsMount(target, "rw,exec", in.byDefault("writable folders of a read-only root")));
    }
}

} // namespace

bool isUnmasked(const Resolution& in, const std::string& path) {
    return in.choice.name == "podman" &&
           std::ranges::any_of(in.claim.unmask, [&](const std::string& pattern) {
               return ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
           });
}

bool showsSysfsOfHost(const Resolution& in, const Boundary& out) {
    const auto is = [&](NamespaceType type, const char* what) {
        const auto found = out.namespaces.find(type);
        return found != out.namespaces.end() && found->second.known() && found->second.value() == what;
    };
    return in.choice.name == "podman" && is(NamespaceType::net, "host") && is(NamespaceType::user, "new");
}

void resolveMounts(const Resolution& in, Boundary& out) {
    constexpr decltype(statfs::f_type) kMessageQueues = 0x19800202; // linux/magic.h, MQUEUE_MAGIC
    out.mountsFrom = in.claim.whole;
    std::vector<AskedMount> ofImage = std::move(out.mounts);
    out.mounts = mountsBy(in.choice, in.privileged);
    out.mounts.insert(
        out.mounts.end(), std::make_move_iterator(ofImage.begin()), std::make_move_iterator(ofImage.end()));
    if (hasWritableCgroups(in)) {
        for (AskedMount& mount : out.mounts) {
            std::erase_if(mount.options, [&](const std::string& option) {
                return mount.type == "cgroup" && option == "ro";
            });
        }
    }
    addReadOnlyTmpfs(in, out);
    const auto ipc = out.namespaces.find(NamespaceType::ipc);
    const bool hostIpc = ipc != out.namespaces.end() && ipc->second.known() && ipc->second.value() == "host";
    const auto hostHas = [] {
        struct statfs info{};
        return ::statfs("/dev/mqueue", &info) == 0 && info.f_type == kMessageQueues;
    };
    for (AskedMount& mount : out.mounts) {
        if (hostIpc && (mount.target == "/dev/shm" || (mount.target == "/dev/mqueue" && hostHas()))) {
            mount.type = "bind";
            mount.source = mount.target;
            mount.options = {"rbind", "rprivate"};
            mount.from = ipc->second.evidence();
        }
    }
    closeSysfsOfSandbox(in, out);
    showSysfsOfHost(in, out);
    addEngineFiles(in, hostIpc, out);
    addInit(in, out);
    const bool mapped = mapsVolumes(in, out);
    if (mapped) {
        mapEngineFiles(in, out);
    }
    for (AskedMount mount : in.claim.mounts) {
        mount.target = cleanPath(mount.target);
        if (mapped && mount.type == "bind") {
            mount.options.emplace_back("idmap");
        }
        mount.source = mount.type == "bind" ? cleanPath(mount.source) : mount.source;
        const auto same = std::find_if(out.mounts.begin(), out.mounts.end(), [&](const AskedMount& known) {
            return known.target == mount.target;
        });
        if (same != out.mounts.end()) {
            *same = std::move(mount);
        } else {
            out.mounts.push_back(std::move(mount));
        }
    }
    // as engines do: a folder before what lies in it
    std::ranges::stable_sort(
        out.mounts, {}, [](const AskedMount& mount) { return std::ranges::count(mount.target, '/'); });
    closeEngineFiles(in, out);
}

} // namespace bulkhead::claims
