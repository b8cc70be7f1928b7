#pragma once

#include "core/model/capabilities.h"
#include "core/model/cgroup.h"
#include "core/model/device.h"
#include "core/model/host.h"
#include "core/model/identity.h"
#include "core/model/lsm.h"
#include "core/model/mount.h"
#include "core/model/namespaces.h"
#include "core/model/probe.h"
#include "core/model/protected_paths.h"
#include "core/model/rootfs.h"
#include "core/model/seccomp.h"
#include "core/model/surroundings.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

/// Name and version of the document; a reader refuses another major version.
inline constexpr std::string_view kSnapshotSchema = "bulkhead.snapshot/1";

/// The program that wrote a snapshot.
struct Producer {
    std::string name = "bulkhead";
    std::string version;
    std::string privilege; ///< "root", "unprivileged"
    std::string helper;

    bool operator==(const Producer&) const = default;
};

/// Marks a snapshot as a recording: not of this machine and not of now.
struct Recorded {
    std::string kernel;
    std::string engine;
    std::string date; ///< RFC 3339

    bool operator==(const Recorded&) const = default;
};

/// Whether the process stayed the same while it was read.
struct Stability {
    bool stable = true;
    std::vector<std::string> changed;

    bool operator==(const Stability&) const = default;
};

struct Engine {
    std::string name;
    std::string version;
    bool rootless = false;
    std::optional<bool> usernsRemap;

    bool operator==(const Engine&) const = default;
};

struct Runtime {
    std::string name;
    std::string version;
    std::string libseccomp;

    bool operator==(const Runtime&) const = default;
};

struct ImageRef {
    std::string ref;
    std::string digest;

    bool operator==(const ImageRef&) const = default;
};

/// The container or process under review.
struct Subject {
    std::string ref;  ///< how the user named it: "pid:12", "lab:default"
    std::string name; ///< column head
    Engine engine;
    Runtime runtime;
    std::string id;
    std::optional<std::int64_t> pid; ///< host numbering
    ImageRef image;
    Fact<std::string> sandbox; ///< "none", "gvisor", "kata" or "microvm"

    bool operator==(const Subject&) const = default;
};

/// The group a subject belongs to: pods share namespaces, containers nest.
struct Group {
    std::string kind = "none"; ///< pod, compose or none
    std::string id;
    std::string role; ///< app, init, sidecar, ephemeral, sandbox
    std::string parent;
    std::vector<std::string> children;

    bool operator==(const Group&) const = default;
};

/// One immutable record of a subject's boundary from one vantage.
struct Snapshot {
    std::string schema = std::string(kSnapshotSchema);
    Producer producer;
    std::string captureId; ///< joins the vantages of one capture
    std::optional<Recorded> recorded;
    std::string takenAt; ///< RFC 3339, UTC
    Stability stability;
    Subject subject;
    Vantage vantage = Vantage::enforced;
    Group group;
    Host host;
    Identity identity;
    Membership members;
    Fact<std::vector<TaskClass>> tasks;
    Namespaces namespaces;
    Fact<std::vector<Mount>> mounts;
    ProtectedPaths paths;
    Rootfs rootfs;
    Capabilities capabilities;
    Seccomp seccomp;
    Lsm lsm;
    Cgroup cgroup;
    Fact<std::vector<Device>> devices;
    Fact<std::vector<RuntimeSocket>> sockets;
    Network network;
    Image image;
    KernelSurface kernel;
    Audit audit;
    Config config;
    Fact<std::vector<Probe>> probes; ///< experienced only
    /// Experienced only, by attribute: the process that tried has it as the subject has.
    std::optional<std::map<std::string, Fact<bool>>> twin;

    bool operator==(const Snapshot&) const = default;
};

template <>
struct Table<Producer> {
    static constexpr auto rows = rowsOf(
        Row{"name", &Producer::name, "program", Compare::host},
        Row{"version", &Producer::version, "its version", Compare::host},
        Row{"privilege", &Producer::privilege, "root or unprivileged", Compare::host},
        Row{"helper", &Producer::helper, "helper that read for it; empty: none", Compare::host});
};

template <>
struct Table<Recorded> {
    static constexpr auto rows = rowsOf(
        Row{"kernel", &Recorded::kernel, "release of the machine", Compare::host},
        Row{"engine", &Recorded::engine, "engine and version", Compare::host},
        Row{"date", &Recorded::date, "RFC 3339, UTC", Compare::host});
};

template <>
struct Table<Stability> {
    static constexpr auto rows = rowsOf(
        Row{"stable", &Stability::stable, "the process stayed the same while it was read", Compare::identity},
        Row{"changed", &Stability::changed, "what changed meanwhile", Compare::identity});
};

template <>
struct Table<Engine> {
    static constexpr auto rows = rowsOf(
        Row{"name", &Engine::name, "docker, podman, runc, crun", Compare::identity},
        Row{"version", &Engine::version, "its version", Compare::identity},
        Row{"rootless", &Engine::rootless, "run by an unprivileged user", Compare::identity},
        Row{"usernsRemap", &Engine::usernsRemap, "the engine maps ids for every container",
            Compare::identity});
};

template <>
struct Table<Runtime> {
    static constexpr auto rows = rowsOf(
        Row{"name", &Runtime::name, "OCI runtime", Compare::identity},
        Row{"version", &Runtime::version, "its version", Compare::identity},
        Row{"libseccomp", &Runtime::libseccomp, "libseccomp it is linked with", Compare::identity});
};

template <>
struct Table<ImageRef> {
    static constexpr auto rows = rowsOf(
        Row{"ref", &ImageRef::ref, "image as it was named", Compare::identity},
        Row{"digest", &ImageRef::digest, "content digest", Compare::identity});
};

template <>
struct Table<Subject> {
    static constexpr auto rows = rowsOf(
        Row{"ref", &Subject::ref, "how the user named it", Compare::identity},
        Row{"name", &Subject::name, "short name", Compare::identity},
        Row{"engine", &Subject::engine, "engine", Compare::identity},
        Row{"runtime", &Subject::runtime, "OCI runtime", Compare::identity},
        Row{"id", &Subject::id, "container id", Compare::identity},
        Row{"pid", &Subject::pid, "main process, host numbering", Compare::identity},
        Row{"image", &Subject::image, "image", Compare::identity},
        Row{"sandbox", &Subject::sandbox,
            "none, gvisor, kata or microvm: of a sandbox the host sees the process that runs it, and the "
            "facts "
            "are about that process",
            Compare::identity});
};

template <>
struct Table<Group> {
    static constexpr auto rows = rowsOf(
        Row{"kind", &Group::kind, "pod, compose or none", Compare::identity},
        Row{"id", &Group::id, "its id", Compare::identity},
        Row{"role", &Group::role, "app, init, sidecar, ephemeral or sandbox", Compare::identity},
        Row{"parent", &Group::parent, "the container it is nested in", Compare::identity},
        Row{"children", &Group::children, "containers nested in it", Compare::identity});
};

template <>
struct Table<Snapshot> {
    static constexpr auto rows = rowsOf(
        Row{"schema", &Snapshot::schema, "name and major version of this document", Compare::host},
        Row{"producer", &Snapshot::producer, "the program that wrote it", Compare::host},
        Row{"captureId", &Snapshot::captureId, "joins the vantages of one capture", Compare::identity},
        Row{"recorded", &Snapshot::recorded, "present on a recording", Compare::host},
        Row{"takenAt", &Snapshot::takenAt, "RFC 3339, UTC", Compare::host},
        Row{"stability", &Snapshot::stability, "did the process stay the same", Compare::identity},
        Row{"subject", &Snapshot::subject, "the container or process under review", Compare::identity},
        Row{"vantage", &Snapshot::vantage, "declared, enforced or experienced", Compare::identity},
        Row{"group", &Snapshot::group, "pod or project it belongs to", Compare::identity},
        Row{"host", &Snapshot::host, "the machine", Compare::host},
        Row{"identity", &Snapshot::identity, "who the process is"},
        Row{"members", &Snapshot::members, "which tasks belong to the subject", Compare::identity},
        Row{"tasks", &Snapshot::tasks, "classes of tasks, widest first: the facets describe that one",
            Compare::identity},
        Row{"namespaces", &Snapshot::namespaces, "by type: the eight namespaces"},
        Row{"mounts", &Snapshot::mounts, "mounts in tree order"},
        Row{"paths", &Snapshot::paths, "sensitive paths"},
        Row{"rootfs", &Snapshot::rootfs, "root file system"},
        Row{"capabilities", &Snapshot::capabilities, "capability sets and their worth"},
        Row{"seccomp", &Snapshot::seccomp, "system-call filtering"},
        Row{"lsm", &Snapshot::lsm, "mandatory access control"},
        Row{"cgroup", &Snapshot::cgroup, "control group: limits and device policy"},
        Row{"devices", &Snapshot::devices, "device nodes beyond the standard set"},
        Row{"sockets", &Snapshot::sockets, "runtime sockets within reach"},
        Row{"network", &Snapshot::network, "network namespace"},
        Row{"image", &Snapshot::image, "what the image brings along"},
        Row{"kernel", &Snapshot::kernel, "what can be asked of the shared kernel"},
        Row{"audit", &Snapshot::audit, "would anyone see a breach"},
        Row{"config", &Snapshot::config, "what only a configuration says"},
        Row{"probes", &Snapshot::probes, "what was tried from inside, and what had been predicted",
            Compare::identity},
        Row{"twin", &Snapshot::twin,
            "by attribute: the process that tried has it exactly as the subject has; null: not, or not known",
            Compare::identity});
};

} // namespace bulkhead::model
