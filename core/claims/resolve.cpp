#include "core/base/bytes.h"
#include "core/claims/engine_ids.h"
#include "core/claims/resolution.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <iterator>

namespace bulkhead::claims {

using model::CapabilitySet;
using model::Evidence;
using model::EvidenceKind;
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
    if (!claim.user.unreadable() && resolveUserByImage(in, out)) {
        return;
    }
    if (!claim.user.known()) {
        const bool nonRoot = claim.nonRoot.valueOr(false);
        const Unreadable image =
            claim.user.unreadable()
                ? claim.user.gap()
                : Unreadable{
                      std::string("the image names the user") + (nonRoot ? ", and it is not root" : ""),
                      "--image NAME=PATH of the image, or a user in the document"};
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
    std::vector<std::string> saidAbove;
    const CapabilitySet kept = claim.effectiveResult.known()
                                   ? claim.effectiveResult.value()
                                   : capabilitiesOf(added, in.engine, all, saidAbove).intersected(set);
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

/// An engine that maps users gives a namespace of their own to the containers that ask for none, and one that
/// an ordinary user runs to those that ask for the host's as well: its own is no other.
void resolveUsers(const Resolution& in, Boundary& out) {
    const auto asked = in.claim.namespaces.find(NamespaceType::user);
    const bool unsaid = asked == in.claim.namespaces.end() || asked->second.unstated();
    const bool host = !unsaid && asked->second.known() && asked->second.value() == "host";
    const bool remapped = in.choice.users == UserMapping::remapped && unsaid;
    const bool rootless = in.choice.users == UserMapping::rootless && (unsaid || host);
    if (remapped || rootless) {
        out.namespaces[NamespaceType::user] = {
            "new",
            {EvidenceKind::inferred,
             in.choice.name + (remapped ? ": userns-remap of the daemon" : ": run by an ordinary user"), "",
             0}};
    } else if (unsaid && in.choice.users == UserMapping::rootful) {
        out.namespaces[NamespaceType::user] = {
            "host", {EvidenceKind::inferred, in.choice.name + ": run by root, maps no users", "", 0}};
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
    resolveUsers(in, out);
}

/// One map stands for both where only one is said (podman-run(1)); a rootless engine's is of its own ids.
Fact<model::IdMap>
mapOf(const EngineChoice& choice, const Fact<model::IdMap>& own, const Fact<model::IdMap>& other) {
    if (choice.users == UserMapping::rootless) {
        return Unreadable{
            "it is mapped to ids of the ordinary user who runs the engine; to which, the engine chooses at "
            "the start",
            ""};
    }
    return !own.unstated() ? own : other.known() ? other : Fact<model::IdMap>(idsOfEngine());
}

void resolvePaths(const Resolution& in, Boundary& out) {
    const bool open = in.privileged || in.claim.pathsOpen.valueOr(false);
    if (open) {
        const Evidence from = in.privileged ? in.byPrivileged() : in.claim.pathsOpen.evidence();
        out.maskedPaths = {{}, from};
        out.readonlyPaths = {{}, from};
        return;
    }
    std::vector<std::string> masked = maskedBy(in.choice, in.ground);
    std::vector<std::string> readOnly = readOnlyBy(in.choice);
    for (std::vector<std::string>* list : {&masked, &readOnly}) {
        std::erase_if(*list, [&](const std::string& path) { return isUnmasked(in, path); });
    }
    out.maskedPaths = orDefault(in, in.claim.maskedPaths, std::move(masked), "masked paths");
    out.readonlyPaths = orDefault(in, in.claim.readonlyPaths, std::move(readOnly), "read-only paths");
}

/// Podman masks what it is told to whatever else holds (podman pkg/specgen/generate/config_linux.go).
void addMasks(const Resolution& in, Boundary& out) {
    const bool hidesKernel =
        in.choice.users == UserMapping::rootless && !in.privileged && showsSysfsOfHost(in, out);
    const bool more = !in.claim.mask.empty() || hidesKernel;
    if (!more || in.choice.name != "podman" || !out.maskedPaths.known()) {
        return;
    }
    std::vector<std::string> all = out.maskedPaths.value();
    all.insert(all.end(), in.claim.mask.begin(), in.claim.mask.end());
    if (hidesKernel) {
        all.emplace_back("/sys/kernel");
    }
    std::ranges::sort(all);
    const auto twins = std::ranges::unique(all);
    all.erase(twins.begin(), twins.end());
    out.maskedPaths = {std::move(all), out.maskedPaths.evidence()};
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

const Unreadable& idsOfEngine() {
    static const Unreadable kChosen{
        "which ids of the host it is mapped to, the engine chooses at the start; they are none of the "
        "host's own",
        ""};
    return kChosen;
}

namespace {

/// Runtimes that build a container of the host's own kernel are known by name; of another nobody knows it.
std::optional<Unreadable> sandboxBy(const std::string& runtime) {
    const std::string program = runtime.substr(runtime.rfind('/') + 1);
    constexpr auto kPlain =
        std::to_array<std::string_view>({"", "runc", "crun", "youki", "oci", "io.containerd.runc.v2"});
    if (std::ranges::find(kPlain, program) != kPlain.end()) {
        return std::nullopt;
    }
    return Unreadable{
        "the runtime " + base::textFromBytes(program) +
            " may be that of a sandbox (gVisor, Kata) with a kernel of its own",
        "what the runtime is, on the machine"};
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
    out.sandbox = claim.sandbox ? claim.sandbox : sandboxBy(claim.runtime);
    std::vector<std::string> notUnderstood = claim.notUnderstood;
    resolveUser(in, out);
    resolveCapabilities(in, out, notUnderstood);
    resolveNamespaces(in, out);
    out.uidMap = mapOf(choice, claim.uidMap, claim.gidMap);
    out.gidMap = mapOf(choice, claim.gidMap, claim.uidMap);
    resolvePaths(in, out);
    addMasks(in, out);
    resolveImage(in, out);
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
    out.assumed = assumptionsOf(in);
    out.notUnderstood = {std::move(notUnderstood), claim.whole};
    return out;
}

model::Snapshot resolveToSnapshot(const Claim& claim, const EngineChoice& choice, const Ground& ground) {
    Builder builder;
    builder.engine.name = choice.name;
    builder.engine.version = choice.version;
    builder.engine.rootless = choice.users == UserMapping::rootless;
    if (choice.users != UserMapping::unsaid) {
        builder.engine.usernsRemap = choice.users == UserMapping::remapped;
    }
    const std::string program = claim.runtime.substr(claim.runtime.rfind('/') + 1);
    const bool known = program == "runc" || program == "crun";
    builder.runtime.name = known ? program : std::string(findEngine(choice.name)->runtime);
    return declareSnapshot(resolve(claim, choice, ground), builder, ground);
}

} // namespace bulkhead::claims
