#include "core/policy/export.h"

#include <algorithm>
#include <array>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::FactTest;
using catalog::ObjectKind;
using Values = std::vector<std::string>;

/// Alternatives of a list of texts, each by `say`.
template <class Say>
std::string anyOf(const Values& values, Say say) {
    std::string out;
    for (const std::string& value : values) {
        out += (out.empty() ? "" : " or ") + say(value);
    }
    return "(" + out + ")";
}

/// A fact that is a truth value, and the field that says so.
struct FieldRow {
    std::string_view fact;
    std::string_view field;
};

constexpr std::array kFields = {
    FieldRow{"config.privileged", "container.privileged"},
    FieldRow{"namespaces.pid.sharedWithHost", "container.host_pid"},
    FieldRow{"namespaces.ipc.sharedWithHost", "container.host_ipc"},
    FieldRow{"namespaces.net.sharedWithHost", "container.host_network"},
    FieldRow{"network.hostNetwork", "container.host_network"},
};

std::string holdsCapability(const Values& names) {
    return anyOf(names, [](const std::string& name) { return "thread.cap_effective contains " + name; });
}

/// What a mount must be: from these sources, writable or either.
struct AskedSources {
    Values sources; ///< with Falco's wildcard
    bool writable = false;
    std::string why; ///< why it cannot be said
};

void takeSources(const Condition& condition, AskedSources& out) {
    if (condition.kind == ConditionKind::all || condition.kind == ConditionKind::any) {
        for (const Condition& part : condition.parts) {
            takeSources(part, out);
        }
        return;
    }
    const std::string value = condition.values.empty() ? "" : condition.values.front();
    if (condition.kind != ConditionKind::matcher) {
        out.why = "Falco does not see all of it";
    } else if (condition.derived && condition.fact == "shows") {
        std::ranges::copy(withParents(condition.arguments), std::back_inserter(out.sources));
    } else if (condition.fact == "mount.hostPaths" && condition.test == FactTest::startsWith) {
        for (const std::string& path : condition.values) {
            out.sources.push_back(path + "*");
        }
    } else if (condition.fact == "mount.readOnly" && value == "false") {
        out.writable = true;
    } else if (condition.fact != "mount.kind") {
        out.why = "Falco does not see " + condition.fact;
    }
}

std::string mountsOf(const AskedSources& asked) {
    return anyOf(asked.sources, [&](const std::string& source) {
        const std::string there = "container.mount.dest[" + source + "] != \"N/A\"";
        return asked.writable ? "(" + there + " and container.mount.rdwr[" + source + "] = true)" : there;
    });
}

/// A binding to a mount. Its alternatives are sources, all else must hold with each of them.
Said bound(const Condition& condition) {
    if (condition.object != ObjectKind::mount) {
        return Said::unsaid("Falco does not list " + std::string(model::nameOf(condition.object)) + "s");
    }
    AskedSources asked;
    for (const Condition& part : condition.parts) {
        takeSources(part, asked);
    }
    if (!asked.why.empty()) {
        return Said::unsaid(asked.why);
    }
    return asked.sources.empty() ? Said::unsaid("Falco asks for mounts by their source, and none is named")
                                 : Said::as(mountsOf(asked));
}

Said matcher(const Condition& condition) {
    const std::string value = condition.values.empty() ? "" : condition.values.front();
    if (condition.derived && condition.fact == "privileged") {
        return Said::as("container.privileged = true");
    }
    if (condition.derived && condition.fact == "capability") {
        return Said::as(holdsCapability(condition.arguments));
    }
    const auto row = std::ranges::find(kFields, std::string_view(condition.fact), &FieldRow::fact);
    if (!condition.derived && row != kFields.end() && condition.test == FactTest::is) {
        return Said::as(std::string(row->field) + " = " + value);
    }
    const bool set = condition.fact == "capabilities.effective" || condition.fact == "capabilities.permitted";
    if (set && condition.test == FactTest::contains) {
        return Said::as(holdsCapability(condition.values));
    }
    if (condition.fact == "identity.uid.effective" && condition.test == FactTest::is) {
        return Said::as("user.uid = " + value);
    }
    if (condition.fact == "sockets" && condition.test == FactTest::empty && value == "false") {
        return Said::as(mountsOf({withParents(engineSockets()), false, ""}));
    }
    return Said::unsaid("Falco does not see " + condition.fact);
}

/// What a rule refuses: its condition, or that what it requires does not hold.
Said refusedBy(const catalog::PolicyRule& rule) {
    Said said = toFalco(rule.when);
    if (!rule.refuses && said.expression) {
        said.expression = "not (" + *said.expression + ")";
    }
    // `sockets` that must be empty: what is required is the denial of what Falco can say
    if (!rule.refuses && !said.expression && rule.when.fact == "sockets") {
        return Said::as(mountsOf({withParents(engineSockets()), false, ""}));
    }
    return said;
}

std::string oneLine(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '\n', ' ');
    return out;
}

std::string
ruleText(const catalog::Policy& policy, const catalog::PolicyRule& rule, const std::string& condition) {
    return "\n- rule: " + yamlQuoted("Bulkhead " + policy.name + " " + rule.id) +
           "\n  desc: " + yamlQuoted(oneLine(rule.title + ". " + rule.help)) +
           "\n  condition: " + yamlQuoted("bulkhead_container_starts and (" + condition + ")") +
           "\n  output: " +
           yamlQuoted(
               oneLine(rule.message + " (rule=" + policy.name + "/" + rule.id) +
               " container=%container.name image=%container.image.repository:%container.image.tag "
               "command=%proc.cmdline user=%user.name)") +
           "\n  priority: WARNING\n  source: syscall\n  tags: [container, bulkhead, " +
           yamlQuoted(policy.name) + "]\n";
}

} // namespace

Said toFalco(const Condition& condition) {
    switch (condition.kind) {
    case ConditionKind::all:
        return joinParts(condition, " and ", toFalco);
    case ConditionKind::any:
        return joinParts(condition, " or ", toFalco);
    case ConditionKind::negation: {
        Said part = toFalco(condition.parts.front());
        return part.expression ? Said::as("not (" + *part.expression + ")") : part;
    }
    case ConditionKind::one:
        return bound(condition);
    default:
        return matcher(condition);
    }
}

Export exportFalco(const catalog::Policy& policy) {
    Export out;
    std::string rules;
    for (const catalog::PolicyRule& rule : policy.rules) {
        const Said said = refusedBy(rule);
        if (said.expression) {
            rules += ruleText(policy, rule, *said.expression);
        } else {
            out.left.push_back(oneLine(rule.id + " " + rule.title + ": " + said.why));
        }
    }
    for (const model::AttackAuthority authority : policy.refusedPaths) {
        out.left.push_back(
            "no path to " + std::string(model::nameOf(authority)) + ": Falco sees events, not paths");
    }
    out.text = "# Written by bulkhead policy export " + oneLine(policy.name) +
               " --format falco. Alerts where a container starts in a state that the policy refuses.\n";
    for (const std::string& left : out.left) {
        out.text += "# Left out: " + left + "\n";
    }
    // Runtimes make the first process the leader of a session. It is number 1 only where the container has a
    // pid namespace of its own: not with the host's, nor with another container's.
    out.text += "\n# Whoever joins a container (docker exec) begins a session too, and is judged as well.\n"
                "- macro: bulkhead_container_starts\n"
                "  condition: (container.id != host and evt.type in (execve, execveat) and (proc.vpid = 1 or "
                "proc.is_sid_leader = true))\n" +
                rules;
    return out;
}

} // namespace bulkhead::policy
