#include "core/base/bytes.h"
#include "core/diagram/describe.h"

#include <algorithm>
#include <array>

namespace bulkhead::diagram {

using model::Snapshot;

namespace {

std::string joined(const std::vector<std::string>& items, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
        text += text.empty() ? items[i] : ", " + items[i];
    }
    return items.size() > most ? text + " and " + std::to_string(items.size() - most) + " more" : text;
}

/// "64 MiB", "1.5 GiB": bytes in the largest binary unit that leaves at most one decimal.
std::string bytesText(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    std::uint64_t tenths = bytes * 10;
    while (unit + 1 < kUnits.size() && tenths >= 10240) {
        tenths /= 1024;
        ++unit;
    }
    std::string text = std::to_string(tenths / 10);
    text += tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "";
    return text + " " + std::string(kUnits[unit]);
}

std::string limitText(const std::string& name, std::uint64_t value) {
    if (name == "memory" || name == "swap") {
        return name + " " + bytesText(value);
    }
    if (name == "cpus") {
        return counted(static_cast<std::size_t>(value), "processor");
    }
    if (name == "io") {
        return name + " " + bytesText(value) + "/s";
    }
    if (name == "cpu") {
        const std::string decimals = std::to_string(1000 + value % 1000).substr(1);
        std::string text = std::to_string(value / 1000) + "." + decimals;
        text.erase(text.find_last_not_of('0') + 1);
        return "cpu " + (text.back() == '.' ? text.substr(0, text.size() - 1) : text);
    }
    return name + " " + std::to_string(value);
}

} // namespace

SlotText describeKernelKnobs(const Snapshot& snapshot) {
    return textOf(
        snapshot.kernel.writableKnobs, "knobs", [](const std::vector<std::string>& knobs) -> SlotText {
            if (knobs.empty()) {
                return {"read-only", "read-only", "no setting of the whole machine can be written", false};
            }
            return {
                "writable", "writable",
                "mounts let writes pass to settings of the whole machine: " + joined(knobs, 4), false};
        });
}

SlotText describeDeviceNodes(const Snapshot& snapshot) {
    return textOf(snapshot.devices, "nodes", [](const std::vector<model::Device>& devices) -> SlotText {
        if (devices.empty()) {
            return {"standard", "standard", "only the standard device nodes", false};
        }
        const std::string count = std::to_string(devices.size());
        return {
            "+" + count, "+" + count, counted(devices.size(), "device node") + " beyond the standard set",
            false};
    });
}

SlotText describeDevicePolicy(const Snapshot& snapshot) {
    const model::DevicePolicy& policy = snapshot.cgroup.devicePolicy;
    const std::int64_t programs = policy.bpf.valueOr(0);
    const std::string decides = !policy.v1.known() && programs > 0
                                    ? ", decided by " + counted(static_cast<std::size_t>(programs), "program")
                                : programs > 0
                                    ? ", decided by a list and " +
                                          counted(static_cast<std::size_t>(programs), "program") + " together"
                                    : "";
    const bool hidden = policy.v1.known() && policy.v1.value().allowsAll();
    return textOf(policy.effective, "policy", [&](const model::DeviceRules& rules) -> SlotText {
        if (rules.allowsAll()) {
            return {
                "all", "all",
                "the device policy lets every device be opened" + decides +
                    (hidden ? "; exceptions of a v1 group are not shown by the kernel" : ""),
                false};
        }
        if (!rules.permitsAny()) {
            return {"none", "none", "the device policy lets no device be opened", false};
        }
        return {
            "listed", "listed",
            "the device policy lists what may be opened: " + counted(rules.allowed.size(), "rule") +
                (rules.denied.empty() ? "" : " and " + counted(rules.denied.size(), "exception")) + decides,
            false};
    });
}

SlotText describeLimits(const Snapshot& snapshot) {
    std::vector<std::string> set;
    std::vector<std::string> said;
    const model::Unreadable* gap = nullptr;
    for (const auto& [name, fact] : snapshot.cgroup.limits) {
        if (fact.unreadable()) {
            gap = &fact.gap();
        } else if (fact.known() && fact.value().value) {
            const model::Limit& limit = fact.value();
            set.push_back(limitText(name, *limit.value));
            said.push_back(set.back() + (limit.where.empty() ? "" : " by " + limit.where));
        }
    }
    if (gap != nullptr && set.empty()) {
        return gapText("unread", "limits unread", *gap);
    }
    if (snapshot.cgroup.limits.empty()) {
        return unstatedText();
    }
    if (set.empty()) {
        return {"none", "none", "no limit on processes, memory or processor time", false};
    }
    const std::string count = std::to_string(set.size()) + " set";
    return {count, set.size() == 1 ? set.front() : count, "limited: " + joined(said, 6), false};
}

SlotText describeRuntimeSockets(const Snapshot& snapshot) {
    return textOf(
        snapshot.sockets, "sockets", [](const std::vector<model::RuntimeSocket>& sockets) -> SlotText {
            if (sockets.empty()) {
                return {"none", "none", "no runtime socket is mounted", false};
            }
            const model::RuntimeSocket& first = sockets.front();
            return {
                base::shortenMiddle(first.kind, 9), first.kind,
                "whoever connects to " + first.path + " controls " + first.kind, false};
        });
}

SlotText describeHostDisks(const Snapshot& snapshot) {
    return textOf(snapshot.devices, "nodes", [](const std::vector<model::Device>& devices) -> SlotText {
        const auto disks = static_cast<std::size_t>(
            std::ranges::count_if(devices, [](const model::Device& device) { return device.hostDisk; }));
        if (disks == 0) {
            return {"none", "none", "no block device of the host is in sight", false};
        }
        const std::string text = counted(disks, "block device");
        return {std::to_string(disks), text, text + " of the host in sight", false};
    });
}

SlotText describeHostProcesses(const Snapshot& snapshot) {
    const auto space = snapshot.namespaces.find(model::NamespaceType::pid);
    if (space == snapshot.namespaces.end()) {
        return unstatedText();
    }
    if (snapshot.kernel.hostProcesses.valueOr(false) && !space->second.sharedWithHost.valueOr(false)) {
        return {
            "by procfs", "visible, procfs",
            "a procfs of the host shows its processes, whatever the pid namespace", false};
    }
    return textOf(space->second.sharedWithHost, "namespace", [](bool shared) -> SlotText {
        return shared
                   ? SlotText{"visible", "visible", "the host's processes are in sight", false}
                   : SlotText{
                         "hidden", "hidden", "a pid namespace of its own hides the host's processes", false};
    });
}

namespace {

/// What of the host answers in the shared namespace: "; 3 services of the machine itself answer there, ...".
std::string servicesText(const model::Network& network) {
    if (!network.hostServices.known()) {
        return network.hostServices.unreadable() ? "; what answers there could not be read" : "";
    }
    const std::vector<std::string>& services = network.hostServices.value();
    const auto isShim = [](const std::string& one) { return one.contains("containerd-shim"); };
    const auto shims = static_cast<std::size_t>(std::ranges::count_if(services, isShim));
    if (services.empty()) {
        return "; nothing of the machine itself answers there";
    }
    const std::string runtime =
        shims > 0 ? ", " + counted(shims, "socket") + " of container runtimes among them" : "";
    return "; meant for the machine itself and in reach: " + joined(services, 3) + runtime;
}

} // namespace

SlotText describeHostNetwork(const Snapshot& snapshot) {
    const model::Network& network = snapshot.network;
    return textOf(network.hostNetwork, "namespace", [&](bool shared) -> SlotText {
        if (shared) {
            return {
                "host's", "the host's", "it uses the host's network namespace" + servicesText(network),
                false};
        }
        const std::string links =
            network.interfaces.known() ? ": " + joined(network.interfaces.value(), 4) : "";
        return {"private", "private", "it has a network namespace of its own" + links, false};
    });
}

SlotText describeAudit(const Snapshot& snapshot) {
    const auto& rules = snapshot.audit.rules;
    const auto& state = snapshot.audit.state;
    if (state.known() && state.value() == "off") {
        return {
            "off", "audit is off", "the kernel's audit subsystem is off, no rule records anything", false};
    }
    if (rules.unreadable()) {
        return gapText("unread", "audit unread", rules.gap());
    }
    return textOf(rules, "audit", [](const std::vector<std::string>& all) -> SlotText {
        if (all.empty()) {
            return {"no rules", "no rules", "no audit rule is in force", false};
        }
        const std::string text = counted(all.size(), "rule");
        return {text.size() > 9 ? "rules" : text, text, "audited by " + text, false};
    });
}

} // namespace bulkhead::diagram
