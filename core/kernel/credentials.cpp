#include "core/kernel/credentials.h"

#include "core/kernel/authority.h"
#include "core/kernel/id_maps.h"
#include "core/kernel/resource_limits.h"
#include "core/kernel/text.h"

#include <algorithm>

namespace bulkhead::kernel {

using model::CapabilitySet;
using model::Fact;
using model::IdMap;
using model::Ids;
using model::Unreadable;

namespace {

constexpr std::uint32_t kOverflowId = 65534;

Ids translated(const Ids& host, const IdMap& map) {
    const auto inside = [&](std::uint32_t id) { return map.fromHost(id).value_or(kOverflowId); };
    return {inside(host.real), inside(host.effective), inside(host.saved), inside(host.fs)};
}

std::vector<std::uint32_t> translated(const std::vector<std::uint32_t>& host, const IdMap& map) {
    std::vector<std::uint32_t> inside;
    inside.reserve(host.size());
    for (const std::uint32_t id : host) {
        inside.push_back(map.fromHost(id).value_or(kOverflowId));
    }
    return inside;
}

Unreadable notOurs() {
    return {
        "ids are shown in Bulkhead's own user namespace, which is not above that of the process",
        "running Bulkhead in the host's user namespace"};
}

template <class T>
Fact<T> translatedFact(
    const Reading<TaskStatus>& status, T TaskStatus::* member, const Fact<IdMap>& map, std::string source,
    IdView view) {
    if (!status) {
        return status.error().why;
    }
    if (view == IdView::unknown) {
        return notOurs();
    }
    if (view == IdView::asTheyAre) {
        return {(*status).*member, observed(source + ": Bulkhead is in the same user namespace")};
    }
    if (!map.known()) {
        return map.gap();
    }
    return {translated((*status).*member, map.value()), observed(std::move(source))};
}

std::map<std::string, Fact<model::ResourceLimit>> collectLimits(const Task& task) {
    const auto limits = parsed(task.read("limits"), parseResourceLimits);
    if (!limits) {
        return {{"all", limits.error().why}};
    }
    std::map<std::string, Fact<model::ResourceLimit>> facts;
    for (const auto& [name, limit] : *limits) {
        facts.emplace(name, Fact<model::ResourceLimit>(limit, observed(task.source("limits"))));
    }
    return facts;
}

Fact<std::int64_t> collectOomScore(const Task& task) {
    auto score = parsed(task.read("oom_score_adj"), [](std::string_view text) -> base::Result<std::int64_t> {
        const auto number = numberOf<std::int64_t>(trimmed(text));
        if (!number) {
            return base::fail(base::ErrorKind::malformed, "oom_score_adj: expected a number");
        }
        return *number;
    });
    return factOf(std::move(score), task.source("oom_score_adj"));
}

/// A line that an older kernel does not print.
Unreadable notPrinted(std::string_view line) {
    return {"status has no " + std::string(line) + " line on this kernel", ""};
}

template <class T>
Fact<T> optionalFact(
    const Reading<TaskStatus>& status, std::optional<T> TaskStatus::* member, std::string_view line,
    const std::string& source) {
    if (!status) {
        return status.error().why;
    }
    const std::optional<T>& value = (*status).*member;
    return value ? Fact<T>(*value, observed(source + " " + std::string(line))) : Fact<T>(notPrinted(line));
}

} // namespace

model::Identity collectIdentity(
    const Task& task, const Reading<TaskStatus>& status, const Fact<bool>& userNamespaceIsHost, IdView view) {
    const auto mapFact = [&](const std::string& name) {
        auto map = parsed(task.read(name), [&](std::string_view text) { return parseIdMap(name, text); });
        return factOf(std::move(map), task.source(name));
    };
    model::Identity identity;
    identity.uidMap = mapFact("uid_map");
    identity.gidMap = mapFact("gid_map");
    const std::string source = task.source("status");
    identity.uid = translatedFact(
        status, &TaskStatus::uid, identity.uidMap, source + " Uid through " + task.source("uid_map"), view);
    identity.gid = translatedFact(
        status, &TaskStatus::gid, identity.gidMap, source + " Gid through " + task.source("gid_map"), view);
    identity.groups = translatedFact(
        status, &TaskStatus::groups, identity.gidMap, source + " Groups through " + task.source("gid_map"),
        view);
    identity.groupsOnHost =
        view != IdView::throughMaps ? Fact<std::vector<std::uint32_t>>(notOurs())
        : status ? Fact<std::vector<std::uint32_t>>(status->groups, observed(source + " Groups"))
                 : Fact<std::vector<std::uint32_t>>(status.error().why);
    identity.noNewPrivileges = optionalFact(status, &TaskStatus::noNewPrivileges, "NoNewPrivs", source);
    identity.userNamespaceIsHost = userNamespaceIsHost;
    identity.rlimits = collectLimits(task);
    identity.oomScoreAdj = collectOomScore(task);
    return identity;
}

IdView viewOfIds(
    const NamespaceReadings& namespaces, const std::optional<NamespaceIdentity>& reader, bool readerIsFull) {
    if (!namespaces.user || !reader) {
        return readerIsFull ? IdView::throughMaps : IdView::unknown;
    }
    if (*namespaces.user == *reader) {
        return readerIsFull ? IdView::throughMaps : IdView::asTheyAre;
    }
    const auto chain = namespaces.owners.find(model::NamespaceType::user);
    const bool above = chain != namespaces.owners.end() &&
                       std::ranges::find(chain->second, *reader, &UserNamespace::self) != chain->second.end();
    return above ? IdView::throughMaps : IdView::unknown;
}

IdView readIdView(const os::ProcRoot& root, const NamespaceReadings& namespaces) {
    const auto self =
        root.live ? Task::openSelf(root) : base::Result<Task>(base::fail(base::ErrorKind::notFound, ""));
    if (!self) {
        return IdView::throughMaps;
    }
    const auto map =
        parsed(self->read("uid_map"), [](std::string_view text) { return parseIdMap("uid_map", text); });
    const auto own = readNamespaceFile(*self, "user");
    return viewOfIds(namespaces, own ? std::optional(own->self) : std::nullopt, map && map->isFullIdentity());
}

namespace {

/// Effective where the namespace is the host's and the process stands in the user namespace that owns it.
Fact<CapabilitySet> worthOverHost(
    const Fact<CapabilitySet>& effective, const Fact<bool>& shared, const Fact<bool>& userNamespaceIsHost) {
    const CapabilitySet none;
    for (const Fact<bool>* decides : {&userNamespaceIsHost, &shared}) {
        if (decides->known() && !decides->value()) {
            return {none, inferred(decides->evidence().source)};
        }
    }
    for (const Fact<bool>* decides : {&userNamespaceIsHost, &shared}) {
        if (decides->unreadable()) {
            return decides->gap();
        }
    }
    if (!effective.known()) {
        return effective;
    }
    return {effective.value(), inferred(effective.evidence().source + " and " + shared.evidence().source)};
}

/// Over the namespace of a type that the process is in, by who owns that.
Fact<CapabilitySet> worthWithin(
    const CapabilityInputs& in, model::NamespaceType type, const Fact<CapabilitySet>& effective, int last) {
    if (!effective.known()) {
        return effective;
    }
    const auto owners = in.namespaces.owners.find(type);
    if (!in.namespaces.user || owners == in.namespaces.owners.end()) {
        const auto& inode =
            in.namespaces.facts.at(in.namespaces.user ? type : model::NamespaceType::user).inode;
        return inode.unreadable() ? inode.gap() : Unreadable{"the owner of the namespace was not read", ""};
    }
    const auto hosts = in.host.of(model::NamespaceType::user);
    const bool whole = hosts && !owners->second.empty() && owners->second.back().self == *hosts;
    const Holder holder{
        *in.namespaces.user, in.status->uid.effective, effective.value(), CapabilitySet(~0ULL).upTo(last)};
    const auto worth = worthOver(holder, owners->second, whole);
    if (!worth) {
        return Unreadable{
            "the user namespaces above the owner of the " + std::string(model::nameOf(type)) +
                " namespace are out of sight",
            "running Bulkhead in the host's user namespace"};
    }
    return {
        *worth,
        inferred(
            effective.evidence().source + " and NS_GET_USERNS, NS_GET_PARENT and NS_GET_OWNER_UID of ns/" +
            std::string(model::nameOf(type)))};
}

Fact<CapabilitySet>
obtainableOf(const model::Capabilities& sets, const Fact<bool>& noNewPrivileges, const CapabilityInputs& in) {
    for (const Fact<CapabilitySet>* needed : {&sets.permitted, &sets.bounding, &sets.inheritable}) {
        if (!needed->known()) {
            return *needed;
        }
    }
    if (noNewPrivileges.unreadable()) {
        return noNewPrivileges.gap();
    }
    const bool isRoot = in.uid.known() && (in.uid.value().real == 0 || in.uid.value().effective == 0);
    const ExecveConditions conditions{noNewPrivileges.value(), isRoot, in.honoursFiles || !in.uid.known()};
    return {
        obtainableBy(conditions, sets.permitted.value(), sets.bounding.value(), sets.inheritable.value()),
        inferred(in.source + " " + wordsOf(conditions))};
}

} // namespace

model::Capabilities buildCapabilities(const CapabilityInputs& in) {
    const auto last =
        static_cast<int>(in.lastCapability.valueOr(static_cast<std::int64_t>(model::kKnownCapabilities) - 1));
    const auto setFact = [&](std::optional<CapabilitySet> TaskStatus::* member, std::string_view line) {
        const auto whole = optionalFact(in.status, member, line, in.source);
        return whole.known() ? Fact<CapabilitySet>(whole.value().upTo(last), whole.evidence()) : whole;
    };
    model::Capabilities sets;
    sets.effective = setFact(&TaskStatus::effective, "CapEff");
    sets.permitted = setFact(&TaskStatus::permitted, "CapPrm");
    sets.inheritable = setFact(&TaskStatus::inheritable, "CapInh");
    sets.bounding = setFact(&TaskStatus::bounding, "CapBnd");
    sets.ambient = setFact(&TaskStatus::ambient, "CapAmb");
    sets.obtainable = obtainableOf(
        sets, optionalFact(in.status, &TaskStatus::noNewPrivileges, "NoNewPrivs", in.source), in);
    for (const auto& [type, facts] : in.namespaces.facts) {
        const Fact<bool>& shared =
            type == model::NamespaceType::user ? in.userNamespaceIsHost : facts.sharedWithHost;
        sets.over.emplace(type, worthOverHost(sets.effective, shared, in.userNamespaceIsHost));
        sets.within.emplace(type, worthWithin(in, type, sets.effective, last));
    }
    return sets;
}

} // namespace bulkhead::kernel
