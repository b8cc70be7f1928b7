#include "core/policy/export.h"
#include "core/policy/export_paths.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

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

/// What a mount must be: from one of these sources, writable or either.
struct AskedMount {
    std::optional<Values> sources; ///< with Falco's wildcard
    bool writable = false;
    std::string why; ///< why it cannot be said
};

bool namesSources(const Condition& condition) {
    return condition.kind == ConditionKind::matcher &&
           ((condition.derived && condition.fact == "shows") ||
            (condition.fact == "mount.hostPaths" && condition.test == FactTest::startsWith));
}

/// The sources of one matcher; none, with the reason, where Falco says something else by them.
std::optional<Values> sourcesOf(const Condition& condition, std::string& why) {
    if (condition.derived) {
        return mountSources(condition.arguments, why);
    }
    Values out;
    for (const std::string& path : condition.values) {
        if (path.find_first_of("*?[]\\\"' ,") != std::string::npos) {
            why = "Falco has no way to name the source " + path;
            return std::nullopt;
        }
        out.push_back(path + "*");
    }
    return out;
}

/// Alternatives of sources are more sources; what must hold together cannot be asked of one source twice.
void takeSources(const std::vector<Condition>& alternatives, AskedMount& out) {
    if (out.sources) {
        out.why = "Falco asks for a mount by its source once";
        return;
    }
    Values all;
    for (const Condition& one : alternatives) {
        const auto some = namesSources(one) ? sourcesOf(one, out.why) : std::nullopt;
        if (!some) {
            out.why = out.why.empty() ? "Falco's alternatives of mounts are sources alone" : out.why;
            return;
        }
        std::ranges::copy(*some, std::back_inserter(all));
    }
    out.sources = std::move(all);
}

/// Falco lists binds and volumes, and does not tell them apart; a container's own mounts it does not list.
bool takesBinds(const Condition& condition) {
    if (condition.kind == ConditionKind::any) {
        return std::ranges::any_of(condition.parts, takesBinds);
    }
    return condition.fact == "mount.kind" && condition.kind == ConditionKind::matcher &&
           std::ranges::find(condition.values, "bind") != condition.values.end();
}

bool hasHostPaths(const Condition& condition) {
    return condition.fact == "mount.hostPaths" && condition.test == FactTest::empty &&
           condition.values.front() == "false";
}

void takePart(const Condition& part, AskedMount& out) {
    const std::string value = part.values.empty() ? "" : part.values.front();
    if (!out.why.empty()) {
        return;
    }
    if (part.kind == ConditionKind::all) {
        for (const Condition& each : part.parts) {
            takePart(each, out);
        }
    } else if (part.kind == ConditionKind::any && !takesBinds(part)) {
        takeSources(part.parts, out);
    } else if (namesSources(part)) {
        takeSources({part}, out);
    } else if (part.kind != ConditionKind::matcher && !takesBinds(part)) {
        out.why = "Falco does not see all of it";
    } else if (part.fact == "mount.readOnly" && part.test == FactTest::is && value == "false") {
        out.writable = true;
    } else if (!takesBinds(part) && !hasHostPaths(part)) {
        out.why = "Falco does not see " + part.fact;
    }
}

std::string mountsOf(const Values& sources, bool writable) {
    return anyOf(sources, [&](const std::string& source) {
        const std::string there = "container.mount.dest[" + source + "] != \"N/A\"";
        return writable ? "(" + there + " and container.mount.rdwr[" + source + "] = true)" : there;
    });
}

/// A binding to a mount. Its alternatives are sources, all else must hold with each of them.
Said bound(const Condition& condition) {
    if (condition.object != ObjectKind::mount) {
        return Said::unsaid("Falco does not list " + std::string(model::nameOf(condition.object)) + "s");
    }
    AskedMount asked;
    for (const Condition& part : condition.parts) {
        takePart(part, asked);
    }
    if (!asked.why.empty()) {
        return Said::unsaid(asked.why);
    }
    return asked.sources ? Said::as(mountsOf(*asked.sources, asked.writable))
                         : Said::unsaid("Falco asks for mounts by their source, and none is named");
}

std::string reachedSockets() {
    std::string why;
    Values sources = mountSources(engineSockets(), why).value_or(Values{});
    for (const std::string& name : engineSocketNames()) {
        sources.push_back("*/" + name);
    }
    return mountsOf(sources, false);
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
        return Said::as(reachedSockets());
    }
    return Said::unsaid("Falco does not see " + condition.fact);
}

/// What a rule refuses: its condition, or that what it requires does not hold.
Said refusedBy(const catalog::PolicyRule& rule) {
    const Decidable decided = countAsThere(rule.when, rule.refuses);
    Said said = decided.condition ? toFalco(*decided.condition) : Said::unsaid(decided.why);
    if (!rule.refuses && said.expression) {
        said.expression = "not (" + *said.expression + ")";
    }
    // `sockets` that must be empty: what is required is the denial of what Falco can say
    if (!rule.refuses && !said.expression && rule.when.fact == "sockets") {
        return Said::as(reachedSockets());
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
            if (said.expression->contains("*] = true")) {
                out.partly.push_back(oneLine(
                    rule.id + " " + rule.title +
                    ": of several mounts below one directory Falco shows the first, which may be read-only"));
            }
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
    for (const std::string& partly : out.partly) {
        out.text += "# In part: " + partly + "\n";
    }
    out.text +=
        "# Sources of mounts are compared as they were asked for: one through /proc/PID/root or a link is "
        "not seen.\n";
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
