#include "core/kernel/mounts.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/model/engine_files.h"

namespace bulkhead::kernel {

using base::textFromBytes;
using model::Fact;
using model::Mount;

namespace {

std::vector<std::string> textsOf(const std::vector<std::string>& all) {
    std::vector<std::string> texts;
    texts.reserve(all.size());
    for (const std::string& one : all) {
        texts.push_back(textFromBytes(one));
    }
    return texts;
}

/// Lower directories between unescaped colons; those after `::` are data-only layers.
void appendLayers(std::string_view text, model::Overlay& overlay) {
    std::string layer;
    bool data = false;
    const auto finish = [&] {
        data = data || (layer.empty() && !overlay.lower.empty());
        if (!layer.empty()) {
            (data ? overlay.data : overlay.lower).push_back(textFromBytes(layer));
        }
        layer.clear();
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
            layer += text[++at];
        } else if (text[at] == ':') {
            finish();
        } else {
            layer += text[at];
        }
    }
    finish();
}

/// Options are cut at commas; one that was escaped belongs to the option before it.
std::vector<std::string> rejoinEscapedCommas(const std::vector<std::string>& options) {
    std::vector<std::string> whole;
    for (const std::string& option : options) {
        if (!whole.empty() && whole.back().ends_with('\\')) {
            whole.back() += "," + option;
        } else {
            whole.push_back(option);
        }
    }
    return whole;
}

Fact<bool> sharedWithHostPeer(
    const MountEntry& entry, const Reading<HostMounts>& hostMounts, const std::string& source) {
    if (!entry.shared) {
        return {false, observed(source)};
    }
    if (!hostMounts) {
        return hostMounts.error().why;
    }
    return {
        hostMounts->peerGroups.contains(*entry.shared), observed(source + " against the host's mountinfo")};
}

/// The host's side of the propagation the mount receives (mount_namespaces(7), slave mounts).
Fact<bool>
receivesFromHost(const MountEntry& entry, const Reading<HostMounts>& hostMounts, const std::string& source) {
    if (!entry.master) {
        return {false, observed(source)};
    }
    if (!hostMounts) {
        return hostMounts.error().why;
    }
    return {
        hostMounts->peerGroups.contains(*entry.master), observed(source + " against the host's mountinfo")};
}

Mount buildMount(const PlacedMount& placed, const Reading<HostMounts>& hostMounts, const std::string& file) {
    const MountEntry& entry = placed.entry;
    const std::string source = file + " id " + std::to_string(entry.id);
    Mount mount;
    mount.id = entry.id;
    mount.parent = entry.parent;
    mount.target = textFromBytes(entry.target);
    mount.visible = placed.visible;
    mount.source = textFromBytes(entry.source);
    mount.root = textFromBytes(entry.root);
    mount.device = entry.device;
    mount.fsType = textFromBytes(entry.fsType);
    mount.options = textsOf(entry.options);
    mount.superOptions = textsOf(entry.superOptions);
    mount.readOnly = entry.readOnly();
    mount.propagation = entry.propagation();
    mount.peerGroup = entry.shared;
    mount.master = entry.master;
    mount.sharedWithHostPeer = sharedWithHostPeer(entry, hostMounts, source);
    mount.receivesFromHost = receivesFromHost(entry, hostMounts, source);
    mount.deleted = entry.deleted;
    mount.idmap = entry.has("idmapped");
    if (entry.fsType == "overlay") {
        mount.overlay = parseOverlay(entry.superOptions);
    }
    if (hostMounts) {
        const auto paths = hostMounts->pathsOf(entry);
        mount.hostPaths = {textsOf(paths), observed(source + " against the host's mountinfo")};
        mount.kind = kindOf(entry, paths, hostMounts->holds(entry));
    } else {
        mount.hostPaths = hostMounts.error().why;
        mount.kind = kindOf(entry, std::nullopt);
    }
    return mount;
}

} // namespace

model::Overlay parseOverlay(const std::vector<std::string>& superOptions) {
    model::Overlay overlay;
    for (const std::string& option : rejoinEscapedCommas(superOptions)) {
        const std::string_view text = option;
        const auto equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
        if (name == "lowerdir") {
            appendLayers(unescapeOctal(value), overlay);
        } else if (name == "lowerdir+") { // one layer each, whose colons and backslashes are its own
            overlay.lower.push_back(textFromBytes(unescapeOctal(value)));
        } else if (name == "datadir+") {
            overlay.data.push_back(textFromBytes(unescapeOctal(value)));
        } else if (name == "upperdir") {
            overlay.upper = textFromBytes(unescapeOctal(value));
        } else if (name == "workdir") {
            overlay.work = textFromBytes(unescapeOctal(value));
        }
    }
    return overlay;
}

std::vector<Mount>
buildMounts(const MountTree& tree, const Reading<HostMounts>& hostMounts, const std::string& source) {
    std::vector<Mount> mounts;
    mounts.reserve(tree.mounts.size());
    for (const PlacedMount& placed : tree.mounts) {
        mounts.push_back(buildMount(placed, hostMounts, source));
    }
    model::tellVolumesOfOtherPods(mounts);
    return mounts;
}

model::Rootfs buildRootfs(const Reading<MountTree>& tree, const std::string& source) {
    model::Rootfs rootfs;
    const MountEntry* top = tree ? tree->at("/") : nullptr;
    if (top == nullptr) {
        const model::Unreadable why =
            tree ? model::Unreadable{"mountinfo: nothing is mounted at /", ""} : tree.error().why;
        rootfs.driver = why;
        rootfs.writable = why;
        rootfs.nosuid = why;
        return rootfs;
    }
    const auto evidence = observed(source + " id " + std::to_string(top->id));
    rootfs.driver = {textFromBytes(top->fsType), evidence};
    rootfs.writable = {!top->readOnly(), evidence};
    rootfs.nosuid = {top->has("nosuid"), evidence};
    return rootfs;
}

} // namespace bulkhead::kernel
