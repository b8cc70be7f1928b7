#pragma once

#include "core/model/namespaces.h"
#include "core/model/table.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::model {

/// What a confined subject of the machine is. A container has an engine, or pid and mount namespaces and a
/// root file system of its own; a service runs in a unit of the service manager; a sandbox is every other
/// process that differs from the host in a namespace, in its root directory or by a system-call filter.
enum class SubjectKind { container, service, sandbox };

template <>
struct Names<SubjectKind> {
    static constexpr std::array names{
        std::pair{SubjectKind::container, std::string_view("container")},
        std::pair{SubjectKind::service, std::string_view("service")},
        std::pair{SubjectKind::sandbox, std::string_view("sandbox")},
    };
};

/// How a subject came by its engine and name. Verified: a runtime's state file names its main process by pid
/// and start time. Claimed: a control group path says so, which a container that can write control groups can
/// forge. Unnamed: nothing names it.
enum class Naming { verified, claimed, unnamed };

template <>
struct Names<Naming> {
    static constexpr std::array names{
        std::pair{Naming::verified, std::string_view("verified")},
        std::pair{Naming::claimed, std::string_view("claimed")},
        std::pair{Naming::unnamed, std::string_view("unnamed")},
    };
};

/// One subject that a sweep of the machine found, in one line.
struct SubjectSummary {
    std::string ref; ///< what names it on the command line: "oci:web", "pid:12"
    SubjectKind kind = SubjectKind::sandbox;
    std::string engine; ///< docker, podman, containerd, cri-o, runc, lxc, systemd-nspawn; empty: none
    std::string id;
    std::string name;
    std::string image; ///< as its engine calls it; empty where no state file says
    Naming naming = Naming::unnamed;
    std::string namedBy;         ///< the file or path that names it
    std::int64_t pid = 0;        ///< main process, host numbering
    std::uint64_t startTime = 0; ///< of the main process, clock ticks after boot: a pid is used again
    std::string state;           ///< running, paused, stopped: of the main process and its control group
    std::string command;         ///< name of the main process, escaped
    std::size_t processes = 0;
    std::size_t threads = 0;
    std::size_t execSessions = 0; ///< entered from outside after the start (exec, attach, nsenter)
    std::string group;            ///< id of the pod, or the subject whose namespaces are shared; empty: none
    std::string groupName;        ///< "NAMESPACE/NAME" of a Kubernetes Pod; empty: not known
    std::string groupKind;        ///< pod, shared or none
    std::vector<NamespaceType> sharedInGroup; ///< namespaces that the group has in common
    std::string parent;                       ///< ref of the container it is nested in
    bool inferred = false; ///< namespaces could not be read: kind and processes are concluded from the rest
    std::vector<std::string> doubts; ///< what does not fit together

    [[nodiscard]] const std::string& key() const { return ref; }
    bool operator==(const SubjectSummary&) const = default;
};

/// What a sweep of the machine found, and what it could not see.
struct SubjectList {
    std::vector<SubjectSummary> subjects; ///< containers first, groups together, children after parents
    std::size_t processes = 0;            ///< processes that were looked at
    std::size_t onHost = 0;               ///< of these, not confined in any way that a sweep looks for
    std::size_t kernelThreads = 0;
    std::size_t unreadable = 0; ///< namespaces refused
    std::size_t unknown = 0;    ///< of these, nothing readable says whether they are confined
    std::size_t vanished = 0;   ///< exited while they were read
    std::vector<std::string> gaps;

    bool operator==(const SubjectList&) const = default;
};

template <>
struct Table<SubjectSummary> {
    static constexpr auto rows = rowsOf(
        Row{"ref", &SubjectSummary::ref, "what names it on the command line", Compare::identity},
        Row{"kind", &SubjectSummary::kind, "container, service or sandbox", Compare::identity},
        Row{"engine", &SubjectSummary::engine, "engine; empty: none", Compare::identity},
        Row{"id", &SubjectSummary::id, "the engine's id", Compare::identity},
        Row{"name", &SubjectSummary::name, "the engine's name", Compare::identity},
        Row{"image", &SubjectSummary::image, "image, where a state file says", Compare::identity},
        Row{"naming", &SubjectSummary::naming, "verified, claimed or unnamed", Compare::identity},
        Row{"namedBy", &SubjectSummary::namedBy, "the file or path that names it", Compare::identity},
        Row{"pid", &SubjectSummary::pid, "main process, host numbering", Compare::identity},
        Row{"startTime", &SubjectSummary::startTime, "when it started, in clock ticks after boot",
            Compare::identity},
        Row{"state", &SubjectSummary::state, "running, paused or stopped", Compare::identity},
        Row{"command", &SubjectSummary::command, "name of the main process", Compare::identity},
        Row{"processes", &SubjectSummary::processes, "processes", Compare::identity},
        Row{"threads", &SubjectSummary::threads, "threads of these processes", Compare::identity},
        Row{"execSessions", &SubjectSummary::execSessions, "sessions that were entered from outside",
            Compare::identity},
        Row{"group", &SubjectSummary::group, "the pod's id, or whose namespaces are shared",
            Compare::identity},
        Row{"groupName", &SubjectSummary::groupName, "namespace and name of a Kubernetes Pod",
            Compare::identity},
        Row{"groupKind", &SubjectSummary::groupKind, "pod, shared or none", Compare::identity},
        Row{"sharedInGroup", &SubjectSummary::sharedInGroup, "namespaces the group has in common",
            Compare::identity},
        Row{"parent", &SubjectSummary::parent, "the container it is nested in", Compare::identity},
        Row{"inferred", &SubjectSummary::inferred, "concluded without reading its namespaces",
            Compare::identity},
        Row{"doubts", &SubjectSummary::doubts, "what does not fit together", Compare::identity});
};

template <>
struct Table<SubjectList> {
    static constexpr auto rows = rowsOf(
        Row{"subjects", &SubjectList::subjects, "what was found", Compare::identity},
        Row{"processes", &SubjectList::processes, "processes looked at", Compare::host},
        Row{"onHost", &SubjectList::onHost, "processes that are not confined", Compare::host},
        Row{"kernelThreads", &SubjectList::kernelThreads, "kernel threads", Compare::host},
        Row{"unreadable", &SubjectList::unreadable, "processes whose namespaces were refused", Compare::host},
        Row{"unknown", &SubjectList::unknown, "of these, nothing says whether they are confined",
            Compare::host},
        Row{"vanished", &SubjectList::vanished, "processes that exited while they were read", Compare::host},
        Row{"gaps", &SubjectList::gaps, "what could not be seen, in words", Compare::host});
};

} // namespace bulkhead::model
