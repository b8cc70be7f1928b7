#include "core/policy/export_cel.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace bulkhead::policy {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::FactTest;
using Values = std::vector<std::string>;

std::string negated(const std::string& expression) {
    return "!(" + expression + ")";
}

std::string guarded(std::string_view variable, std::string_view path, std::string_view comparison) {
    std::string out;
    std::string at(variable);
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        at += "." + std::string(path.substr(begin, end - begin));
        out += (out.empty() ? "has(" : " && has(") + at + ")";
        begin = end + 1;
    }
    return "(" + out + " && " + at + std::string(comparison) + ")";
}

std::string celText(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            constexpr std::string_view kHex = "0123456789abcdef";
            out += std::string("\\x") + kHex[byte >> 4U] + kHex[byte & 15U];
        } else {
            out += c == '\'' || c == '\\' ? "\\" : "";
            out += c;
        }
    }
    return out + "'";
}

std::string listOf(const Values& values) {
    std::string out = "[";
    for (const std::string& value : values) {
        out += (out.size() == 1 ? "" : ", ") + celText(value);
    }
    return out + "]";
}

Said truthMatcher(const Condition& condition, const std::string& whenTrue) {
    if (condition.test != FactTest::is && condition.test != FactTest::holds) {
        return Said::unsaid("the test of " + condition.fact);
    }
    const bool wanted = condition.test == FactTest::holds || condition.values.front() == "true";
    return Said::as(wanted ? whenTrue : negated(whenTrue));
}

Said combined(const Condition& condition, bool yesDenies, Said (*speak)(const Condition&, bool)) {
    if (condition.kind == ConditionKind::negation) {
        Said part = speak(condition.parts.front(), !yesDenies);
        return part.expression ? Said::as(negated(*part.expression)) : part;
    }
    return joinParts(
        condition, condition.kind == ConditionKind::any ? " || " : " && ",
        [&](const Condition& part) { return speak(part, yesDenies); });
}

namespace {

std::string inContainer(std::string_view path, std::string_view comparison) {
    return guarded("c", path, comparison);
}

std::string inPod(std::string_view path, std::string_view comparison) {
    return guarded("variables.spec", path, comparison);
}

std::string isThere(std::string_view variable, std::string_view path) {
    const auto dot = path.find('.');
    const std::string first = std::string(variable) + "." + std::string(path.substr(0, dot));
    return "has(" + first + ")" +
           (dot == std::string_view::npos ? "" : " && " + isThere(first, path.substr(dot + 1)));
}

std::string privileged() {
    return inContainer("securityContext.privileged", "");
}

/// The container's own value of a field, else the Pod's, else what holds where neither says.
std::string effective(std::string_view path, const std::string& comparison, const std::string& unset) {
    const std::string field = "securityContext." + std::string(path);
    const auto dot = path.rfind('.');
    const std::string whole = "securityContext." + std::string(path.substr(0, dot)); // the profile, of a type
    return "(" + isThere("c", whole) + " ? c." + field + comparison + " : " +
           isThere("variables.spec", whole) + " ? variables.spec." + field + comparison + " : " + unset + ")";
}

std::string isUnfiltered() {
    const std::string bad = effective("seccompProfile.type", " != 'RuntimeDefault'", "true");
    const std::string local = effective("seccompProfile.type", " != 'Localhost'", "true");
    return "(" + privileged() + " || (" + bad + " && " + local + "))";
}

/// Root is the id 0, or what the image says where nothing refuses root.
std::string isRoot() {
    const std::string refused = effective("runAsNonRoot", "", "false");
    return effective("runAsUser", " == 0", negated(refused));
}

constexpr std::array<std::string_view, 14> kDefaults = {
    "CHOWN",  "DAC_OVERRIDE", "FSETID",  "FOWNER",           "MKNOD",      "NET_RAW", "SETGID",
    "SETUID", "SETFCAP",      "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL",    "AUDIT_WRITE"};

/// Whether a name in a list of capabilities is one of `bare`. Runtimes take them in any case, some with the
/// prefix.
std::string isNamed(std::string_view variable, const Values& bare) {
    std::string names;
    for (const std::string& name : bare) {
        names += (names.empty() ? "" : "|") + name;
    }
    return std::string(variable) + ".upperAscii().matches('^(CAP_)?(" + names + ")$')";
}

std::string hasDropped(const Values& bare) {
    return inContainer("securityContext.capabilities.drop", ".exists(d, " + isNamed("d", bare) + ")");
}

/// Whether the container may have one of the capabilities: privileged, added, or not dropped of those that
/// runtimes give unasked.
std::string hasCapability(const Values& names) {
    Values added = {"ALL"};
    Values kept;
    for (const std::string& name : names) {
        const std::string bare = name.starts_with("CAP_") ? name.substr(4) : name;
        added.push_back(bare);
        if (std::ranges::find(kDefaults, std::string_view(bare)) != kDefaults.end()) {
            kept.push_back(bare);
        }
    }
    std::string out =
        "(" + privileged() + " || " +
        inContainer("securityContext.capabilities.add", ".exists(a, " + isNamed("a", added) + ")");
    if (!kept.empty()) {
        const std::string dropped =
            inContainer("securityContext.capabilities.drop", ".exists(d, d.upperAscii() in [k, 'CAP_' + k])");
        out += " || (" + negated(hasDropped({"ALL"})) + " && " + listOf(kept) + ".exists(k, " +
               negated(dropped) + "))";
    }
    return out + ")";
}

std::string hasNoCapability() {
    return "(" + negated(privileged()) + " && " + hasDropped({"ALL"}) + " && " +
           negated(inContainer("securityContext.capabilities.add", ".size() > 0")) + ")";
}

std::string limitIsMissing(std::string_view resource) {
    return negated(
        "(has(c.resources) && has(c.resources.limits) && '" + std::string(resource) +
        "' in c.resources.limits)");
}

/// A fact that is a truth value, and its expression.
struct TruthRow {
    std::string_view fact;
    std::string (*expression)();
};

constexpr std::array kTruths = {
    TruthRow{"config.privileged", privileged},
    TruthRow{"namespaces.pid.sharedWithHost", [] { return inPod("hostPID", ""); }},
    TruthRow{"namespaces.ipc.sharedWithHost", [] { return inPod("hostIPC", ""); }},
    TruthRow{"namespaces.net.sharedWithHost", [] { return inPod("hostNetwork", ""); }},
    TruthRow{"namespaces.uts.sharedWithHost", [] { return inPod("hostNetwork", ""); }},
    TruthRow{"network.hostNetwork", [] { return inPod("hostNetwork", ""); }},
    TruthRow{
        "identity.noNewPrivileges",
        [] { return inContainer("securityContext.allowPrivilegeEscalation", " == false"); }},
    TruthRow{"identity.userNamespaceIsHost", [] { return negated(inPod("hostUsers", " == false")); }},
    TruthRow{
        "rootfs.writable", [] { return negated(inContainer("securityContext.readOnlyRootFilesystem", "")); }},
    TruthRow{"image.tagMutable", [] { return std::string("!c.image.contains('@sha256:')"); }},
    TruthRow{
        "paths[\"/proc/sys\"].writable",
        [] {
            return "(" + privileged() + " || " + inContainer("securityContext.procMount", " == 'Unmasked'") +
                   ")";
        }},
};

bool isCapabilitySet(std::string_view fact) {
    return fact == "capabilities.effective" || fact == "capabilities.bounding" ||
           fact == "capabilities.obtainable" || fact == "capabilities.permitted";
}

Said stored(const Condition& condition, bool yesDenies) {
    const std::string_view fact = condition.fact;
    if (const auto row = std::ranges::find(kTruths, fact, &TruthRow::fact); row != kTruths.end()) {
        return truthMatcher(condition, row->expression());
    }
    const std::string value = condition.values.empty() ? "" : condition.values.front();
    if (isCapabilitySet(fact) && condition.test == FactTest::contains) {
        return Said::as(hasCapability(condition.values));
    }
    if (isCapabilitySet(fact) && condition.test == FactTest::empty) {
        return Said::as(value == "true" ? hasNoCapability() : negated(hasNoCapability()));
    }
    if (fact == "seccomp.mode" && condition.test == FactTest::is) {
        return Said::as(value == "disabled" ? isUnfiltered() : negated(isUnfiltered()));
    }
    if (fact == "identity.uid.effective" && condition.test == FactTest::is && value == "0") {
        return Said::as(isRoot());
    }
    for (const std::string_view resource : {"memory", "cpu"}) {
        if (fact == "cgroup.limits." + std::string(resource) + ".value" &&
            condition.test == FactTest::absent) {
            const std::string missing = limitIsMissing(resource);
            return Said::as(value == "true" ? missing : negated(missing));
        }
    }
    if (fact == "sockets" && condition.test == FactTest::empty) {
        return Said::as(value == "false" ? bringsSocket(yesDenies) : negated(bringsSocket(!yesDenies)));
    }
    return Said::unsaid("a Pod does not say " + condition.fact);
}

Said matcher(const Condition& condition, bool yesDenies) {
    if (!condition.derived) {
        return stored(condition, yesDenies);
    }
    if (condition.fact == "privileged") {
        return Said::as(privileged());
    }
    if (condition.fact == "capability") {
        return Said::as(hasCapability(condition.arguments));
    }
    return Said::unsaid("a Pod does not say " + condition.fact);
}

} // namespace

Said toCel(const Condition& condition, bool yesDenies) {
    switch (condition.kind) {
    case ConditionKind::all:
    case ConditionKind::any:
    case ConditionKind::negation:
        return combined(condition, yesDenies, toCel);
    case ConditionKind::one:
        return boundInCel(condition, yesDenies);
    default:
        return matcher(condition, yesDenies);
    }
}

std::string missedByCel(const Condition& condition, bool yesDenies) {
    const bool empty = !condition.values.empty() && condition.values.front() == "true";
    const bool sockets = condition.kind == ConditionKind::matcher && condition.fact == "sockets" &&
                         condition.test == FactTest::empty && empty != yesDenies;
    if (sockets || (condition.kind == ConditionKind::one && yesDenies)) {
        return "of mounts it sees those of a hostPath, not what claims, other volumes and the runtime bring";
    }
    const bool inside = condition.kind == ConditionKind::negation ? !yesDenies : yesDenies;
    for (const Condition& part : condition.parts) {
        if (std::string missed = missedByCel(part, inside); !missed.empty()) {
            return missed;
        }
    }
    return "";
}

} // namespace bulkhead::policy
