#include "core/compare/comparer.h"

#include <algorithm>
#include <array>

namespace bulkhead::compare {

using model::Device;
using model::Mount;
using model::MountKind;
using model::RuntimeSocket;

namespace {

/// A fact of the boundary, and not the way a runtime happens to build it: masks and read-only paths are
/// judged at their path, standard devices may be nodes or binds, a shadowed mount is out of reach.
bool isBoundary(const Mount& mount) {
    constexpr std::array kPlumbing = {MountKind::masked, MountKind::readonlyPath, MountKind::dev};
    return mount.visible && std::ranges::find(kPlumbing, mount.kind) == kPlumbing.end();
}

bool isOfTheHost(const Mount& mount) {
    return mount.kind == MountKind::bind || mount.kind == MountKind::volume ||
           mount.kind == MountKind::socket;
}

struct Step {
    Direction direction;
    std::string reason;
};

Step added(const Mount& mount) {
    const std::string access = mount.readOnly ? ", read-only" : ", writable";
    switch (mount.kind) {
    case MountKind::bind:
    case MountKind::volume:
        return {Direction::weaker, "a directory of the host is in sight" + access};
    case MountKind::socket:
        return {Direction::weaker, "a socket of the host is in sight"};
    case MountKind::proc:
    case MountKind::sys:
    case MountKind::cgroup:
        return {Direction::weaker, "another window on the kernel's controls" + access};
    case MountKind::other:
        return {Direction::incomparable, "a file system whose authority is not known"};
    case MountKind::engineFile:
        return {Direction::neutral, "a file that the engine makes for the container"};
    default:
        return {Direction::neutral, "a file system of the container's own"};
    }
}

std::string describe(const Mount& mount) {
    std::string text(model::nameOf(mount.kind));
    text += mount.readOnly ? ", read-only" : ", writable";
    if (mount.hostPaths.known() && !mount.hostPaths.value().empty()) {
        text += ", host " + mount.hostPaths.value().front();
    }
    return text;
}

Step added(const Device& device) {
    return {Direction::weaker, device.hostDisk ? "a disk of the host" : "a device beyond the standard set"};
}

std::string describe(const Device& device) {
    return device.type + " " + std::to_string(device.major) + ":" + std::to_string(device.minor);
}

Step added(const RuntimeSocket& socket) {
    return {Direction::weaker, "whoever connects controls " + socket.kind};
}

std::string describe(const RuntimeSocket& socket) {
    return socket.kind;
}

/// The restricting options of mount(2) that matter to authority; the rest are performance.
void compareOptions(const Comparison& to, const std::string& path, const Mount& before, const Mount& after) {
    const auto has = [](const Mount& mount, std::string_view option) {
        return std::ranges::find(mount.options, option) != mount.options.end();
    };
    for (const std::string_view option : {"nosuid", "nodev", "noexec"}) {
        compareOrdered(
            to, model::pathToKey(path + ".options", option),
            Sides<bool>{has(before, option), has(after, option)}, model::Order::trueIsStronger);
    }
}

/// The host path that a mount shows; empty where none is known.
std::string shownPath(const Mount& mount) {
    const bool known = mount.hostPaths.known() && !mount.hostPaths.value().empty();
    return known ? mount.hostPaths.value().front() : "";
}

bool isWithin(const std::string& path, const std::string& folder) {
    return path == folder || folder == "/" ||
           (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

/// A folder that an engine makes afresh for every container: another name of it is no other authority.
bool isMadeForEach(const std::string& path) {
    return path.contains("/bulkhead/lab/") || path.contains("/volumes/");
}

/// Two mounts of the host at one place: the one that shows more of the host is weaker.
void compareShownPaths(
    const Comparison& to, const std::string& path, const Mount& before, const Mount& after) {
    const std::string was = shownPath(before);
    const std::string is = shownPath(after);
    if (was == is || was.empty() || is.empty() || (isMadeForEach(was) && isMadeForEach(is))) {
        return;
    }
    Step step{Direction::incomparable, "another part of the host is in sight"};
    if (isWithin(was, is)) {
        step = {Direction::weaker, "more of the host is in sight"};
    } else if (isWithin(is, was)) {
        step = {Direction::stronger, "less of the host is in sight"};
    }
    to.add(path + ".hostPaths", was, is, step.direction, std::move(step.reason));
}

void comparePeers(const Comparison& to, const std::string& path, const Mount& before, const Mount& after) {
    const auto& was = before.sharedWithHostPeer;
    const auto& is = after.sharedWithHostPeer;
    if (was.known() && is.known()) {
        compareOrdered(to, path, Sides<bool>{was.value(), is.value()}, model::Order::trueIsWeaker);
    } else if ((was.known() && is.unreadable()) || (is.known() && was.unreadable())) {
        addUnreadable(to, path, was.known() ? nullptr : &was.gap(), is.known() ? nullptr : &is.gap());
    }
}

void compareMatched(const Comparison& to, const std::string& path, const Mount& before, const Mount& after) {
    using model::Order;
    if (isOfTheHost(before) && isOfTheHost(after)) {
        compareShownPaths(to, path, before, after);
    }
    compareOrdered(
        to, path + ".readOnly", Sides<bool>{before.readOnly, after.readOnly}, Order::trueIsStronger);
    compareOrdered(to, path + ".idmap", Sides<bool>{before.idmap, after.idmap}, Order::trueIsStronger);
    compareOptions(to, path, before, after);
    comparePeers(to, path + ".sharedWithHostPeer", before, after);
    const bool differs = before.kind != after.kind && before.kind != MountKind::rootfs;
    if (differs) {
        Step step = added(after);
        const Direction was = added(before).direction;
        if (step.direction != Direction::incomparable && was == Direction::weaker) {
            step.direction = step.direction == Direction::weaker ? Direction::neutral : Direction::stronger;
        }
        to.add(path + ".kind", describe(before), describe(after), step.direction, std::move(step.reason));
    }
}

/// "660"
std::string octal(std::uint32_t mode) {
    std::string text;
    for (int shift = 6; shift >= 0; shift -= 3) {
        text += static_cast<char>('0' + ((mode >> static_cast<unsigned>(shift)) & 7U));
    }
    return text;
}

/// Permission bits as a set: more of them let more ids in (chmod(2)).
void comparePermissions(
    const Comparison& to, const std::string& path, std::uint32_t before, std::uint32_t after) {
    if (before == after) {
        return;
    }
    const bool more = (before & ~after) == 0;
    const bool fewer = (after & ~before) == 0;
    const Direction direction = more    ? Direction::weaker
                                : fewer ? Direction::stronger
                                        : Direction::incomparable;
    to.add(
        path, octal(before), octal(after), direction,
        more    ? "more users may open it"
        : fewer ? "fewer users may open it"
                : "other users may open it");
}

void compareMatched(
    const Comparison& to, const std::string& path, const Device& before, const Device& after) {
    if (before.type == after.type && before.major == after.major && before.minor == after.minor) {
        comparePermissions(to, path + ".mode", before.mode, after.mode);
        return;
    }
    to.add(
        path, describe(before), describe(after), Direction::incomparable,
        "another device under the same name");
}

void compareMatched(
    const Comparison& to, const std::string& path, const RuntimeSocket& before, const RuntimeSocket& after) {
    comparePermissions(to, path + ".mode", before.mode, after.mode);
    compareOrdered(
        to, path + ".connectable", Sides<bool>{before.connectable, after.connectable},
        model::Order::trueIsWeaker);
}

template <class T>
std::map<std::pair<std::string, std::size_t>, const T*> keyed(const std::vector<const T*>& elements) {
    std::map<std::string, std::size_t> seen;
    std::map<std::pair<std::string, std::size_t>, const T*> out;
    for (const T* element : elements) {
        out.emplace(std::pair(element->key(), ++seen[element->key()]), element);
    }
    return out;
}

template <class T>
void compareElements(
    const Comparison& to, const std::string& path, const std::vector<const T*>& before,
    const std::vector<const T*>& after) {
    const auto left = keyed(before);
    const auto right = keyed(after);
    for (const auto& [key, element] : left) {
        const std::string at = model::pathToKey(path, key.first, key.second);
        if (const auto match = right.find(key); match != right.end()) {
            compareMatched(to, at, *element, *match->second);
        } else {
            Step step = added(*element);
            to.add(at, describe(*element), Absent{}, reversed(step.direction), "gone: " + step.reason);
        }
    }
    for (const auto& [key, element] : right) {
        if (!left.contains(key)) {
            Step step = added(*element);
            to.add(
                model::pathToKey(path, key.first, key.second), Absent{}, describe(*element), step.direction,
                std::move(step.reason));
        }
    }
}

template <class T>
std::vector<const T*> pointers(const std::vector<T>& elements) {
    std::vector<const T*> out;
    out.reserve(elements.size());
    for (const T& element : elements) {
        out.push_back(&element);
    }
    return out;
}

std::vector<const Mount*> boundaryMounts(const std::vector<Mount>& mounts) {
    std::vector<const Mount*> out = pointers(mounts);
    std::erase_if(out, [](const Mount* mount) { return !isBoundary(*mount); });
    return out;
}

} // namespace

void compareValue(
    const Comparison& to, const std::string& path, const Sides<const std::vector<Mount>&>& mounts) {
    compareElements(to, path, boundaryMounts(mounts.baseline), boundaryMounts(mounts.candidate));
}

void compareValue(
    const Comparison& to, const std::string& path, const Sides<const std::vector<Device>&>& devices) {
    compareElements(to, path, pointers(devices.baseline), pointers(devices.candidate));
}

void compareValue(
    const Comparison& to, const std::string& path, const Sides<const std::vector<RuntimeSocket>&>& sockets) {
    compareElements(to, path, pointers(sockets.baseline), pointers(sockets.candidate));
}

} // namespace bulkhead::compare
