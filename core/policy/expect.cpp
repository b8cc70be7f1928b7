#include "core/policy/expect.h"

#include "core/base/bytes.h"
#include "core/catalog/parse_condition.h"
#include "core/model/capability.h"
#include "core/policy/export.h"
#include "core/threat/origins.h"

#include <algorithm>
#include <map>
#include <set>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::FactTest;
using catalog::Policy;
using catalog::PolicyRule;
using model::Snapshot;
using Values = std::vector<std::string>;

Condition matcher(std::string fact, FactTest test, Values values) {
    Condition out;
    out.kind = ConditionKind::matcher;
    out.fact = std::move(fact);
    out.test = test;
    out.values = std::move(values);
    return out;
}

Condition negated(Condition condition) {
    Condition out;
    out.kind = ConditionKind::negation;
    out.parts = {std::move(condition)};
    return out;
}

Condition one(catalog::ObjectKind object, std::vector<Condition> parts) {
    Condition out;
    out.kind = ConditionKind::one;
    out.object = object;
    out.parts = std::move(parts);
    return out;
}

PolicyRule ruleOf(std::string id, std::string title, model::Stage stage, std::string message) {
    PolicyRule rule;
    rule.id = std::move(id);
    rule.title = std::move(title);
    rule.stage = stage;
    rule.message = std::move(message);
    return rule;
}

/// For a title: a person reads the first of many, the rule itself has them all.
std::string listed(const Values& items) {
    constexpr std::size_t kMost = 8;
    std::string out;
    const std::size_t named = items.size() > kMost + 1 ? kMost : items.size();
    for (std::size_t i = 0; i < named; ++i) {
        out += (out.empty() ? "" : ", ") + items[i];
    }
    return named == items.size() ? out : out + " and " + std::to_string(items.size() - named) + " more";
}

/// The capabilities that can be had are these at most.
void addCapabilities(const Snapshot& snapshot, std::vector<PolicyRule>& rules) {
    const model::CapabilitySet* had = snapshot.capabilities.obtainable.get();
    if (had == nullptr || had->empty()) {
        return;
    }
    Values names;
    Values others;
    for (std::size_t number = 0; number < model::kKnownCapabilities; ++number) {
        const auto capability = static_cast<model::Capability>(number);
        (had->has(capability) ? names : others).push_back(model::capabilityName(capability));
    }
    if (others.empty()) {
        return;
    }
    PolicyRule rule = ruleOf(
        "capabilities-at-most", "No capability can be had but " + listed(names), model::Stage::checkpoint,
        "a capability can be had that could not");
    rule.when = matcher("capabilities.obtainable", FactTest::contains, std::move(others));
    rules.push_back(std::move(rule));
}

/// Limits do not grow.
void addLimits(const Snapshot& snapshot, std::vector<PolicyRule>& rules) {
    for (const auto& [name, fact] : snapshot.cgroup.limits) {
        if (!fact.known() || !fact.value().value) {
            continue;
        }
        PolicyRule rule = ruleOf(
            "limit-" + name, "The limit of " + name + " does not grow", model::Stage::hostResource,
            "the limit of " + name + " is gone or larger");
        rule.refuses = false;
        rule.when = matcher(
            "cgroup.limits." + name + ".value", FactTest::atMost, {std::to_string(*fact.value().value)});
        rules.push_back(std::move(rule));
    }
}

/// Objects that are there now may stay, others may not come: by the fact that names them.
PolicyRule noOther(
    PolicyRule rule, catalog::ObjectKind object, const std::string& fact, const Values& names,
    std::vector<Condition> parts) {
    if (!names.empty()) {
        parts.push_back(negated(matcher(fact, FactTest::oneOf, names)));
        rule.title += " but " + listed(names);
    }
    rule.when = one(object, std::move(parts));
    return rule;
}

/// What is mounted at a place, as a specification holds it. Nothing where it is not the same the next time:
/// then the place alone counts.
std::set<std::string> originsOf(const model::Mount& mount, bool pathsStay) {
    const std::set<std::string> origins = threat::originsOf(mount);
    const bool path = std::ranges::any_of(origins, [](const auto& one) { return one.starts_with('/'); });
    return path && !pathsStay ? std::set<std::string>{} : origins;
}

/// Places with what may be mounted there. Several mounts of one place lie over each other; where one may be
/// of anything, nothing more can be asked.
using Places = std::map<std::string, std::set<std::string>>;

void addPlace(Places& places, const model::Mount& mount, bool pathsStay) {
    const std::set<std::string> origins = originsOf(mount, pathsStay);
    const auto [place, fresh] = places.try_emplace(mount.target, origins);
    if (origins.empty() || place->second.empty()) {
        place->second.clear();
    } else if (!fresh) {
        place->second.insert(origins.begin(), origins.end());
    }
}

/// Mounts that are there now may stay, from where they are; others may not come.
PolicyRule noOtherMount(PolicyRule rule, const Places& places, std::vector<Condition> parts) {
    Condition known;
    known.kind = ConditionKind::any;
    Values named;
    for (const auto& [target, origins] : places) {
        known.parts.push_back(catalog::mountedAt(target, Values(origins.begin(), origins.end())));
        named.push_back(origins.empty() ? target : *origins.begin() + " at " + target);
    }
    if (!named.empty()) {
        parts.push_back(negated(std::move(known)));
        rule.title += " but " + listed(named);
    }
    rule.when = one(catalog::ObjectKind::mount, std::move(parts));
    return rule;
}

/// Mounts of host paths: writable ones, volumes among them, and any that somebody chose. What the engine
/// makes for the container, and its volumes, may come and go where they are read alone.
void addMounts(const Snapshot& snapshot, bool pathsStay, std::vector<PolicyRule>& rules) {
    const auto* mounts = snapshot.mounts.get();
    if (mounts == nullptr) {
        return;
    }
    using Kind = model::MountKind;
    Places writable;
    Places chosen;
    for (const model::Mount& mount : *mounts) {
        // as the rules ask: what is not known counts, so that the subject itself passes
        const bool host = !mount.hostPaths.known() || !mount.hostPaths.value().empty();
        if (host && !mount.readOnly && (mount.kind == Kind::bind || mount.kind == Kind::volume)) {
            addPlace(writable, mount, pathsStay);
        }
        if (host && (mount.kind == Kind::bind || mount.kind == Kind::socket)) {
            addPlace(chosen, mount, pathsStay);
        }
    }
    rules.push_back(noOtherMount(
        ruleOf(
            "host-mounts", "No directory of the host is mounted writable", model::Stage::hostResource,
            "a directory of the host can be written that could not"),
        writable,
        {matcher("mount.kind", FactTest::oneOf, {"bind", "volume"}),
         matcher("mount.hostPaths", FactTest::empty, {"false"}),
         matcher("mount.readOnly", FactTest::is, {"false"})}));
    rules.push_back(noOtherMount(
        ruleOf(
            "host-mounts-at-most", "No path of the host is mounted", model::Stage::hostResource,
            "a path of the host is mounted that was not"),
        chosen,
        {matcher("mount.kind", FactTest::oneOf, {"bind", "socket"}),
         matcher("mount.hostPaths", FactTest::empty, {"false"})}));
}

void addObjects(const Snapshot& snapshot, std::vector<PolicyRule>& rules) {
    if (const auto* devices = snapshot.devices.get(); devices != nullptr && !devices->empty()) {
        Values paths;
        paths.reserve(devices->size());
        for (const model::Device& device : *devices) {
            paths.push_back(device.path);
        }
        rules.push_back(noOther(
            ruleOf(
                "devices-at-most", "No device node", model::Stage::hostResource,
                "there is a device node that was not"),
            catalog::ObjectKind::device, "device.path", paths, {}));
    }
    if (const auto* sockets = snapshot.sockets.get(); sockets != nullptr && !sockets->empty()) {
        Values paths;
        paths.reserve(sockets->size());
        for (const model::RuntimeSocket& socket : *sockets) {
            paths.push_back(socket.path);
        }
        rules.push_back(noOther(
            ruleOf(
                "sockets-at-most", "No engine's socket", model::Stage::hostResource,
                "an engine's socket is within reach that was not"),
            catalog::ObjectKind::socket, "socket.path", paths, {}));
    }
}

/// A rule that holds as it is, or one of its alternatives alone; nothing where none does.
base::Result<std::vector<PolicyRule>>
kept(const ExpectRequest& request, std::vector<PolicyRule> rules, std::vector<std::string>& unknown) {
    Policy policy;
    policy.name = "invariants";
    policy.file = request.invariants.file;
    policy.rules = rules;
    auto judge = PolicyJudge::of(policy, request.judge);
    if (!judge) {
        return std::unexpected(judge.error());
    }
    const std::vector<Decision> decisions = judge->decide(request.accounts);
    std::vector<PolicyRule> out;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (decisions[i].verdict == Verdict::allow) {
            out.push_back(std::move(rules[i]));
        } else if (rules[i].refuses && rules[i].when.kind == ConditionKind::any) {
            std::vector<PolicyRule> alone;
            for (const Condition& part : rules[i].when.parts) {
                alone.push_back(rules[i]);
                alone.back().when = part;
            }
            auto some = kept(request, std::move(alone), unknown);
            if (!some) {
                return some;
            }
            if (!some->empty()) {
                PolicyRule rest = std::move(rules[i]);
                rest.when.parts.clear();
                for (PolicyRule& each : *some) {
                    rest.when.parts.push_back(std::move(each.when));
                }
                out.push_back(std::move(rest));
            }
        } else if (decisions[i].verdict == Verdict::unknown) {
            unknown.push_back(rules[i].title + ": " + decisions[i].reason);
        }
    }
    return out;
}

std::string headOf(const ExpectRequest& request, const Snapshot& snapshot, const std::string& reference) {
    return "# What holds of " + reference +
           " and shall go on holding. Written by bulkhead expect; edit it freely.\n"
           "# bulkhead verify FILE asks the same subject again, bulkhead verify FILE REF another one.\n"
           "spec: " +
           yamlQuoted(base::textFromBytes(request.accounts.name)) + "\nsubject: " + yamlQuoted(reference) +
           "\nvantage: " + std::string(model::nameOf(snapshot.vantage)) + "\nrules:\n";
}

} // namespace

base::Result<std::string> writeSpecification(const ExpectRequest& request) {
    const Snapshot* snapshot = request.accounts.strongest();
    if (snapshot == nullptr) {
        return base::fail(base::ErrorKind::notFound, request.reference + ": no account of it");
    }
    std::vector<PolicyRule> rules = request.invariants.rules;
    addCapabilities(*snapshot, rules);
    addLimits(*snapshot, rules);
    addMounts(*snapshot, request.pathsStay, rules);
    addObjects(*snapshot, rules);
    std::vector<std::string> unknown;
    const auto holding = kept(request, std::move(rules), unknown);
    if (!holding) {
        return std::unexpected(holding.error());
    }
    std::string out = headOf(request, *snapshot, base::textFromBytes(request.reference));
    for (const PolicyRule& rule : *holding) {
        out += writeRule(rule);
    }
    const model::AttackAuthorities closed = closedAuthorities(*request.judge, *snapshot);
    if (!closed.empty()) {
        out += "# No attack path leads to these, and none may.\nrefuse-paths:\n";
        for (const model::AttackAuthority authority : closed) {
            out += "  - " + std::string(model::nameOf(authority)) + "\n";
        }
    }
    for (const std::string& gap : unknown) {
        out += "# Not known when this was written: " + base::textFromBytes(gap) + "\n";
    }
    return out;
}

} // namespace bulkhead::policy
