#include "core/claims/resolution.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <sys/vfs.h>

namespace bulkhead::claims {

using model::CapabilitySet;
using model::Evidence;
using model::Fact;
using model::NamespaceType;
using model::Unreadable;

namespace {

/// The fact that the claim states, else the engine's default.
template <class T>
Fact<T> orDefault(const Resolution& in, const Fact<T>& asked, T otherwise, const std::string& what) {
    return asked.unstated() ? Fact<T>(std::move(otherwise), in.byDefault(what)) : asked;
}

std::optional<std::uint32_t> idOf(std::string_view text) {
    std::uint32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(id)
                                                                                     : std::nullopt;
}

void resolveUser(const Resolution& in, Boundary& out) {
    const Claim& claim = in.claim;
    if (!claim.user.known()) {
        const bool nonRoot = claim.nonRoot.valueOr(false);
        const Unreadable image{
            std::string("the image names the user") + (nonRoot ? ", and it is not root" : ""),
            "the image, or a user in the document"};
        out.uid = image;
        out.gid = image;
        out.groups = image;
        return;
    }
    const Evidence& from = claim.user.evidence();
    const std::string& text = claim.user.value();
    const auto colon = text.find(':');
    const std::string user = text.substr(0, colon);
    const std::string group = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool root = user.empty() || user == "root" || user == "0";
    const auto uid = root ? std::optional(0U) : idOf(user);
    const auto gid = group.empty()     ? (root ? std::optional(0U) : std::nullopt)
                     : group == "root" ? std::optional(0U)
                                       : idOf(group);
    out.uid = uid ? Fact<std::uint32_t>(*uid, from)
                  : Fact<std::uint32_t>(
                        Unreadable{"the image's /etc/passwd says who " + user + " is", "the image"});
    out.gid = gid ? Fact<std::uint32_t>(*gid, from)
                  : Fact<std::uint32_t>(
                        Unreadable{"the image's /etc/passwd and /etc/group say the group", "the image"});
    out.groups = Unreadable{"the image's /etc/group adds groups", "the image"};
}

/// What an engine can give at all: what it holds itself; the kernel's capabilities where that is not known.
CapabilitySet allOf(const Ground& ground) {
    const CapabilitySet kernel = CapabilitySet(~0ULL).upTo(std::min(ground.lastCapability, 40));
    return ground.launcher.empty() ? kernel : ground.launcher.intersected(kernel);
}

void resolveCapabilities(const Resolution& in, Boundary& out, std::vector<std::string>& unknown) {
    const Claim& claim = in.claim;
    const CapabilitySet all = allOf(in.ground);
    CapabilitySet set = in.privileged ? all : capabilitiesOf(claim, in.engine, all, unknown).intersected(all);
    Evidence from = in.privileged           ? in.byPrivileged()
                    : claim.capAdd.known()  ? claim.capAdd.evidence()
                    : claim.capDrop.known() ? claim.capDrop.evidence()
                                            : in.byDefault("capabilities");
    if (claim.boundingResult.known()) {
        set = claim.boundingResult.value();
        from = claim.boundingResult.evidence();
    }
    out.bounding = {set, from};
    out.permitted = {set, from};
    out.effective = {set, from};
    out.inheritable = {CapabilitySet(), from};
    out.ambient = {CapabilitySet(), from};
    const bool other = out.uid.known() && out.uid.value() != 0;
    if (!in.engine.addedAreAmbient || !other) {
        return;
    }
    Claim added;
    added.capAdd = claim.capAdd;
    added.capDrop = {std::vector<std::string>{"ALL"}, from};
    const CapabilitySet kept = claim.effectiveResult.known()
                                   ? claim.effectiveResult.value()
                                   : capabilitiesOf(added, in.engine, all, unknown).intersected(set);
    const CapabilitySet given = in.privileged ? CapabilitySet() : kept;
    for (Fact<CapabilitySet>* fact : {&out.permitted, &out.effective, &out.inheritable, &out.ambient}) {
        *fact = {given, from};
    }
}

std::string namespaceByDefault(const Resolution& in, NamespaceType type) {
    switch (type) {
    case NamespaceType::user:
    case NamespaceType::time:
        return "host";
    case NamespaceType::cgroup:
        return in.engine.cgroupNamespaceAlways || in.ground.cgroupUnified ? "new" : "host";
    default:
        return "new";
    }
}

void resolveNamespaces(const Resolution& in, Boundary& out) {
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        const auto asked = in.claim.namespaces.find(type);
        Fact<std::string>& fact = out.namespaces[type];
        const std::string what = std::string(name) + " namespace";
        fact = {namespaceByDefault(in, type), in.byDefault(what)};
        if (asked != in.claim.namespaces.end() && !asked->second.unstated()) {
            fact = asked->second;
            if (fact.known() && (fact.value() == "private" || fact.value() == "none")) {
                fact = {"new", asked->second.evidence()};
            }
        }
    }
    const bool newer = in.choice.name == "docker" && in.choice.major() >= 29;
    if (newer && in.claim.namespaces.find(NamespaceType::time) == in.claim.namespaces.end()) {
        out.namespaces[NamespaceType::time] = {"new", in.byDefault("time namespace")};
    }
    const bool cri = in.engine.algebra == CapabilityAlgebra::dropWins;
    if (in.privileged && (cri || !in.ground.cgroupUnified) && in.choice.name != "podman") {
        out.namespaces[NamespaceType::cgroup] = {"host", in.byPrivileged()};
    }
    if (in.claim.namespaces.find(NamespaceType::user) == in.claim.namespaces.end() &&
        in.choice.name == "docker") {
        // a daemon with userns-remap maps every container; nothing in the document says so
        out.namespaces[NamespaceType::user] = {
            "host", in.byDefault("no user namespace, unless the daemon has userns-remap or is rootless")};
    }
}

void resolvePaths(const Resolution& in, Boundary& out) {
    const bool open = in.privileged || in.claim.pathsOpen.valueOr(false);
    if (open) {
        const Evidence from = in.privileged ? in.byPrivileged() : in.claim.pathsOpen.evidence();
        out.maskedPaths = {{}, from};
        out.readonlyPaths = {{}, from};
        return;
    }
    out.maskedPaths = orDefault(in, in.claim.maskedPaths, maskedBy(in.choice, in.ground), "masked paths");
    out.readonlyPaths = orDefault(in, in.claim.readonlyPaths, readOnlyBy(in.choice), "read-only paths");
}

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

/// resolv.conf, hostname and hosts: files that the engine keeps for each container; Podman has two more.
void addEngineFiles(const Resolution& in, bool hostIpc, Boundary& out) {
    if (in.choice.name == "runc" || in.choice.name == "crun") {
        return;
    }
    std::vector<std::string> targets;
    if (!in.claim.engineFiles.valueOr(false)) {
        targets = {"/etc/resolv.conf", "/etc/hostname", "/etc/hosts"};
    }
    if (in.choice.name == "podman") {
        if (!in.claim.readOnlyRoot.valueOr(false)) { // else a tmpfs lies over /run
            targets.emplace_back("/run/.containerenv");
        }
        std::erase_if(out.mounts, [&](const AskedMount& m) { return !hostIpc && m.target == "/dev/shm"; });
        if (!hostIpc) {
            targets.emplace_back("/dev/shm"); // kept outside, so that other containers can join it
        }
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

/// Docker and Podman make them read-only with the root, Podman with more flags; the shared memory stays.
void closeEngineFiles(const Resolution& in, Boundary& out) {
    const bool podman = in.choice.name == "podman";
    if ((in.choice.name != "docker" && !podman) || !in.claim.readOnlyRoot.valueOr(false)) {
        return;
    }
    for (AskedMount& mount : out.mounts) {
        if (mount.ofEngine && mount.target != "/dev/shm") {
            const std::vector<std::string> flags = {"ro", "nosuid", "nodev", "noexec"};
            mount.options.insert(
                mount.options.end(), flags.begin(), podman ? flags.end() : flags.begin() + 1);
        }
    }
}

void resolveMounts(const Resolution& in, Boundary& out) {
    constexpr decltype(statfs::f_type) kMessageQueues = 0x19800202; // linux/magic.h, MQUEUE_MAGIC
    out.mountsFrom = in.claim.whole;
    out.mounts = mountsBy(in.choice, in.privileged);
    const auto ipc = out.namespaces.find(NamespaceType::ipc);
    const bool hostIpc = ipc != out.namespaces.end() && ipc->second.known() && ipc->second.value() == "host";
    for (AskedMount& mount : out.mounts) {
        struct statfs info{};
        const bool hostHas = ::statfs(mount.target.c_str(), &info) == 0 && info.f_type == kMessageQueues;
        if (hostIpc && (mount.target == "/dev/shm" || (mount.target == "/dev/mqueue" && hostHas))) {
            mount.type = "bind";
            mount.source = mount.target;
            mount.options = {"rbind", "rprivate"};
            mount.from = ipc->second.evidence();
        }
    }
    addEngineFiles(in, hostIpc, out);
    addInit(in, out);
    for (const AskedMount& mount : in.claim.mounts) {
        const auto same = std::find_if(out.mounts.begin(), out.mounts.end(), [&](const AskedMount& known) {
            return known.target == mount.target;
        });
        if (same != out.mounts.end()) {
            *same = mount;
        } else {
            out.mounts.push_back(mount);
        }
    }
    // as engines do: a folder before what lies in it
    std::ranges::stable_sort(
        out.mounts, {}, [](const AskedMount& mount) { return std::ranges::count(mount.target, '/'); });
    closeEngineFiles(in, out);
}

void resolveLimits(const Resolution& in, Boundary& out) {
    for (const char* name : {"pids", "memory", "cpu"}) {
        const auto asked = in.claim.limits.find(name);
        if (asked != in.claim.limits.end()) {
            out.limits[name] = asked->second;
            continue;
        }
        const auto most = std::string_view(name) == "pids" ? in.engine.pids : std::nullopt;
        const Evidence from = in.byDefault(std::string(name) + " limit");
        out.limits[name] = {{most, most ? from.source : ""}, from};
    }
    out.rlimits = in.claim.rlimits;
}

std::vector<std::string> asksOf(const Claim& claim) {
    std::vector<std::string> asks;
    const auto say = [&](bool asked, const char* what) {
        if (asked) {
            asks.emplace_back(what);
        }
    };
    say(claim.privileged.valueOr(false), "privileged");
    say(claim.readOnlyRoot.valueOr(false), "read-only root");
    say(claim.noNewPrivileges.valueOr(false), "no new privileges");
    say(claim.seccomp.known() && claim.seccomp.value() == "unconfined", "no seccomp filter");
    say(claim.pathsOpen.valueOr(false), "no protected paths");
    for (const auto& [type, asked] : claim.namespaces) {
        say(asked.known() && asked.value() == "host",
            (std::string(model::nameOf(type)) + " of the host").c_str());
    }
    for (const auto& [sign, list] : {std::pair{"+", &claim.capAdd}, std::pair{"-", &claim.capDrop}}) {
        for (const std::string& name : list->valueOr({})) {
            asks.push_back(std::string("capability ") + sign + name);
        }
    }
    say(claim.nonRoot.valueOr(false), "a user who is not root");
    std::ranges::copy(claim.alsoAsked, std::back_inserter(asks));
    if (claim.selinux.known()) {
        asks.push_back("SELinux label " + claim.selinux.value());
    }
    for (const std::string& group : claim.groupAdd.valueOr({})) {
        asks.push_back("group " + group);
    }
    return asks;
}

} // namespace

Boundary resolve(const Claim& claim, const EngineChoice& choice, const Ground& ground) {
    const Resolution in{claim, *findEngine(choice.name), choice, ground, claim.privileged.valueOr(false)};
    Boundary out;
    out.name = claim.name;
    out.role = claim.role;
    out.group = claim.group;
    out.groupKind = claim.groupKind;
    out.id = claim.id;
    out.image = claim.image;
    std::vector<std::string> notUnderstood = claim.notUnderstood;
    resolveUser(in, out);
    resolveCapabilities(in, out, notUnderstood);
    resolveNamespaces(in, out);
    const Unreadable map{"which ids of the host it is mapped to, the engine chooses at the start", ""};
    out.uidMap = map;
    out.gidMap = map;
    resolvePaths(in, out);
    resolveMounts(in, out);
    resolveFilter(in, out);
    resolveLabels(in, out);
    resolveDevices(in, out);
    resolveLimits(in, out);
    out.noNewPrivileges = orDefault(in, claim.noNewPrivileges, false, "no_new_privs");
    out.readOnlyRoot = orDefault(in, claim.readOnlyRoot, false, "a writable root");
    out.privileged = orDefault(in, claim.privileged, false, "not privileged");
    out.oomScoreAdj = claim.oomScoreAdj;
    out.publishedPorts = claim.publishedPorts;
    out.sysctls = {claim.sysctls, claim.whole};
    out.asks = {asksOf(claim), claim.whole};
    out.notUnderstood = {std::move(notUnderstood), claim.whole};
    return out;
}

model::Snapshot resolveToSnapshot(const Claim& claim, const EngineChoice& choice, const Ground& ground) {
    Builder builder;
    builder.engine.name = choice.name;
    builder.engine.version = choice.version;
    const std::string program = claim.runtime.substr(claim.runtime.rfind('/') + 1);
    const bool known = program == "runc" || program == "crun";
    builder.runtime.name = known ? program : std::string(findEngine(choice.name)->runtime);
    return declareSnapshot(resolve(claim, choice, ground), builder, ground);
}

} // namespace bulkhead::claims
