#include "core/claims/known_devices.h"
#include "core/claims/resolution.h"

#include <algorithm>
#include <optional>

namespace bulkhead::claims {

using model::Evidence;
using model::NamespaceType;
using model::Unreadable;

namespace {

model::DeviceRule ruleFor(const AskedDevice& device, const std::string& access) {
    return {device.type,          device.major,         device.minor,
            access.contains('r'), access.contains('w'), access.contains('m')};
}

/// As the machine has it, and else by its name.
std::optional<AskedDevice> deviceOf(const Resolution& in, const std::string& path) {
    const auto found = std::ranges::find(in.ground.devices, path, &AskedDevice::path);
    return found != in.ground.devices.end() ? std::optional(*found) : deviceNamed(path);
}

/// Docker's own rules; the others leave it to the runtime.
std::vector<AskedDeviceRule> rulesByDefault(const Resolution& in) {
    std::vector<AskedDeviceRule> rules = {{in.privileged, model::DeviceRules::everything().allowed.front()}};
    if (!in.privileged && in.choice.name == "docker") {
        for (const char* node :
             {"c 1:5 rwm", "c 1:3 rwm", "c 1:9 rwm", "c 1:8 rwm", "c 5:0 rwm", "c 5:1 rwm"}) {
            rules.push_back({true, *model::parseDeviceRule(node)});
        }
        rules.push_back({false, *model::parseDeviceRule("c 10:229 rwm")});
    }
    return rules;
}

/// All of the machine's; an ordinary user's Podman leaves terminals out (podman
/// pkg/specgen/generate/config_linux.go, addPrivilegedDevices).
std::vector<AskedDevice> devicesOfPrivileged(const Resolution& in) {
    std::vector<AskedDevice> nodes = in.ground.devices;
    if (in.choice.name == "podman" && in.choice.users == UserMapping::rootless) {
        std::erase_if(nodes, [](const AskedDevice& node) {
            return node.path.starts_with("/dev/tty") || node.path == "/dev/ptmx";
        });
    }
    return nodes;
}

/// In a user namespace nodes cannot be made (mknod(2), EPERM): the runtime binds those of the host (runc
/// libcontainer/rootfs_linux.go, bindMountDeviceNode), or an ordinary user's Podman before it, with flags.
void bindNodes(const Resolution& in, const std::vector<std::string>& sources, Boundary& out) {
    const auto users = out.namespaces.find(NamespaceType::user);
    const bool own = users != out.namespaces.end() && users->second.known() && users->second.value() == "new";
    if (!own) {
        return;
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const AskedDevice& node = out.devices.value()[i];
        if (isStandardNode(node.path)) {
            continue;
        }
        AskedMount mount;
        mount.target = node.path;
        mount.type = "bind";
        mount.source = sources[i];
        mount.options = {"bind", "rprivate"};
        if (in.choice.name == "podman" && in.choice.users == UserMapping::rootless) {
            mount.options = {"rbind", "slave", "nosuid", "noexec"};
        }
        mount.from = out.devices.evidence();
        out.mounts.push_back(std::move(mount));
    }
}

/// An ordinary user may set no device rules: its containers have none (runc libcontainer/cgroups, rootless).
void leaveRulesOut(const Resolution& in, Boundary& out) {
    if (in.choice.users == UserMapping::rootless) {
        out.deviceRules = {
            {{true, model::DeviceRules::everything().allowed.front()}},
            {model::EvidenceKind::inferred,
             in.choice.name + ": run by an ordinary user, sets no device rules", "", 0}};
    }
}

} // namespace

void resolveDevices(const Resolution& in, Boundary& out) {
    std::vector<AskedDeviceRule> rules = rulesByDefault(in);
    std::vector<AskedDevice> nodes = in.privileged ? devicesOfPrivileged(in) : std::vector<AskedDevice>();
    std::vector<std::string> sources;
    std::ranges::transform(nodes, std::back_inserter(sources), &AskedDevice::path);
    Evidence from = in.privileged ? in.byPrivileged() : in.byDefault("devices");
    for (const DeviceAsk& ask : in.claim.devices) {
        from = ask.from;
        const std::optional<AskedDevice> known = deviceOf(in, ask.onHost);
        if (!known) {
            const Unreadable why{"which device " + ask.onHost + " is, the machine of the container says", ""};
            out.devices = why;
            out.deviceRules = why;
            if (in.privileged) { // every node may be opened, whichever it is
                out.deviceRules = {std::move(rules), in.byPrivileged()};
            }
            leaveRulesOut(in, out);
            return;
        }
        AskedDevice node = *known;
        node.path = ask.inside;
        rules.push_back({true, ruleFor(node, ask.access)});
        nodes.push_back(std::move(node));
        sources.push_back(ask.onHost);
    }
    out.devices = {std::move(nodes), from};
    bindNodes(in, sources, out);
    for (const auto& [text, where] : in.claim.deviceRules) {
        from = where;
        const auto rule = model::parseDeviceRule(text);
        if (!rule) {
            out.deviceRules = Unreadable{"the device rule " + text + " is not understood", ""};
            leaveRulesOut(in, out);
            return;
        }
        rules.push_back({true, *rule});
    }
    out.deviceRules = {std::move(rules), from};
    leaveRulesOut(in, out);
}

} // namespace bulkhead::claims
