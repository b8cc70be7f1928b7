#pragma once

#include "core/model/fact.h"
#include "core/model/id_map.h"
#include "core/model/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

/// What a mount is to a container.
enum class MountKind {
    rootfs,
    bind,
    volume,
    engineFile, ///< made by the engine for this container: its hosts, its resolv.conf
    tmpfs,
    proc,
    sys,
    dev,
    cgroup,
    masked,
    readonlyPath,
    socket,
    other
};

template <>
struct Names<MountKind> {
    static constexpr std::array names{
        std::pair{MountKind::rootfs, std::string_view("rootfs")},
        std::pair{MountKind::bind, std::string_view("bind")},
        std::pair{MountKind::volume, std::string_view("volume")},
        std::pair{MountKind::engineFile, std::string_view("engineFile")},
        std::pair{MountKind::tmpfs, std::string_view("tmpfs")},
        std::pair{MountKind::proc, std::string_view("proc")},
        std::pair{MountKind::sys, std::string_view("sys")},
        std::pair{MountKind::dev, std::string_view("dev")},
        std::pair{MountKind::cgroup, std::string_view("cgroup")},
        std::pair{MountKind::masked, std::string_view("masked")},
        std::pair{MountKind::readonlyPath, std::string_view("readonlyPath")},
        std::pair{MountKind::socket, std::string_view("socket")},
        std::pair{MountKind::other, std::string_view("other")},
    };
};

/// The layers of an overlay file system, as its mounter typed them.
struct Overlay {
    std::vector<std::string> lower;
    std::vector<std::string> data; ///< data-only layers, below the lower ones
    std::string upper;             ///< empty: read-only overlay
    std::string work;

    auto operator<=>(const Overlay&) const = default;
};

/// One mount of the container, from mountinfo (proc(5)); a configuration fills what it states.
struct Mount {
    std::int64_t id = 0;
    std::int64_t parent = 0;
    std::string target;
    bool visible = true; ///< not hidden by a later mount over it or over a parent directory
    std::string source;
    std::string root;   ///< path inside the file system, not on the host
    std::string device; ///< "8:1"
    std::string fsType;
    std::vector<std::string> options;
    std::vector<std::string> superOptions;
    bool readOnly = false; ///< per mount or per superblock
    std::string propagation = "private";
    std::optional<std::int64_t> peerGroup;
    std::optional<std::int64_t> master;
    Fact<bool> sharedWithHostPeer;
    Fact<bool> receivesFromHost;
    Fact<std::vector<std::string>> hostPaths;
    bool deleted = false;
    bool idmap = false;
    Fact<IdMap> idmapUids;
    Fact<IdMap> idmapGids;
    std::optional<Overlay> overlay;
    MountKind kind = MountKind::other;

    [[nodiscard]] const std::string& key() const { return target; }
    bool operator==(const Mount&) const = default;
};

template <>
struct Table<Overlay> {
    static constexpr auto rows = rowsOf(
        Row{"lower", &Overlay::lower, "lower directories, topmost first", Compare::identity},
        Row{"data", &Overlay::data, "data-only layers (datadir+, or after ::)", Compare::identity},
        Row{"upper", &Overlay::upper, "upper directory; empty for a read-only overlay", Compare::identity},
        Row{"work", &Overlay::work, "work directory", Compare::identity});
};

template <>
struct Table<Mount> {
    static constexpr auto rows = rowsOf(
        Row{"id", &Mount::id, "mount id (mountinfo field 1)", Compare::identity},
        Row{"parent", &Mount::parent, "id of the parent mount (field 2)", Compare::identity},
        Row{"target", &Mount::target, "mount point below the container's root (field 5)", Compare::identity},
        Row{"visible", &Mount::visible, "not shadowed by a later mount", Compare::content, Order::unordered},
        Row{"source", &Mount::source, "mount source (field 10), free text of the mounter", Compare::identity},
        Row{"root", &Mount::root, "root of the mount within its file system (field 4)", Compare::identity},
        Row{"device", &Mount::device, "major:minor of the file system (field 3)", Compare::identity},
        Row{"fsType", &Mount::fsType, "file system type (field 9)", Compare::content, Order::unordered},
        Row{"options", &Mount::options, "per-mount options (field 6)", Compare::content, Order::byType},
        Row{"superOptions", &Mount::superOptions, "superblock options (field 11)", Compare::identity},
        Row{"readOnly", &Mount::readOnly, "read-only by its mount or its superblock", Compare::content,
            Order::trueIsStronger},
        Row{"propagation", &Mount::propagation, "private, shared, slave, unbindable (mount_namespaces(7))",
            Compare::identity},
        Row{"peerGroup", &Mount::peerGroup, "peer group of a shared mount", Compare::identity},
        Row{"master", &Mount::master, "peer group it receives from", Compare::identity},
        Row{"sharedWithHostPeer", &Mount::sharedWithHostPeer,
            "mount events travel to the host: a host mount is in its peer group", Compare::content,
            Order::trueIsWeaker},
        Row{"receivesFromHost", &Mount::receivesFromHost,
            "mount events of the host travel here: its master is a peer group of the host",
            Compare::identity},
        Row{"hostPaths", &Mount::hostPaths, "host paths of the same directory, for binds from the host",
            Compare::identity},
        Row{"deleted", &Mount::deleted, "the source was deleted", Compare::identity},
        Row{"idmap", &Mount::idmap, "ids are mapped by the mount (mount_setattr(2))", Compare::content,
            Order::trueIsStronger},
        Row{"idmapUids", &Mount::idmapUids,
            "user ids of an idmapped mount (statmount(2)): inside is on the file system, outside what is "
            "seen",
            Compare::identity},
        Row{"idmapGids", &Mount::idmapGids, "group ids of an idmapped mount", Compare::identity},
        Row{"overlay", &Mount::overlay, "layers of an overlay", Compare::identity},
        Row{"kind", &Mount::kind, "what the mount is to a container", Compare::identity});
};

} // namespace bulkhead::model
