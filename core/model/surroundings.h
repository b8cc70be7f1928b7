#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

/// A class of tasks of the subject that share every facet, widest first; the snapshot's facets describe the
/// first.
struct TaskClass {
    std::vector<std::int64_t> pids; ///< a sample, host numbering
    std::int64_t count = 0;
    std::int64_t threads = 0;
    std::string session; ///< "main"; "exec": entered from outside after the start, as docker exec does
    std::vector<std::string> differs;

    auto operator<=>(const TaskClass&) const = default;
};

/// Which tasks of the machine belong to the subject, and by which rule they were told from others.
struct Membership {
    Fact<std::string> rule; ///< "pid namespace", "pid namespace and cgroup", "cgroup", "descendants"
    Fact<std::int64_t> processes;
    Fact<std::int64_t> threads;
    Fact<std::int64_t> describedBy; ///< the task of the widest class that the facets describe, host numbering
    Fact<bool> complete;            ///< a gap where tasks of the subject may be missing

    bool operator==(const Membership&) const = default;
};

/// The network namespace from within.
struct Network {
    Fact<bool> hostNetwork;
    Fact<std::vector<std::string>> interfaces;
    Fact<std::vector<std::string>> addresses; ///< "10.0.0.2", "fe80::1 eth0"
    Fact<std::vector<std::string>> routes;
    Fact<std::vector<std::string>> publishedPorts;
    Fact<std::vector<std::string>> listeners;
    Fact<std::vector<std::string>> abstractSockets;
    Fact<std::vector<std::string>> hostServices; ///< empty where the namespace is its own

    bool operator==(const Network&) const = default;
};

/// What the image brings along.
struct Image {
    Fact<std::string> user;
    Fact<std::string> digest;
    Fact<bool> tagMutable;
    Fact<std::vector<std::string>> secretEnv;
    Fact<std::vector<std::string>> layers;
    Fact<std::vector<std::string>> findings;

    bool operator==(const Image&) const = default;
};

/// What can be asked of the shared kernel.
struct KernelSurface {
    Fact<std::vector<std::string>> writableKnobs;
    Fact<bool> modulesLoadable;
    Fact<std::vector<std::string>> instances;
    Fact<bool> hostProcesses;

    bool operator==(const KernelSurface&) const = default;
};

/// Would anyone see a breach.
struct Audit {
    Fact<std::string> state; ///< "off", "on" or "locked" (no change until a reboot)
    Fact<std::vector<std::string>> rules;
    Fact<std::vector<std::string>> seccompLogged;
    Fact<std::string> logDriver;

    bool operator==(const Audit&) const = default;
};

/// What only a configuration says.
struct Config {
    Fact<bool> privileged;
    Fact<std::vector<std::string>> asks;
    Fact<std::map<std::string, std::string>> sysctls;
    Fact<std::vector<std::string>> hooks;
    Fact<std::vector<std::string>> notUnderstood;
    /// By the path of a fact that has an engine's default here: a gap that names the setting outside the
    /// document which may have changed it; true where that setting was read and has not.
    std::optional<std::map<std::string, Fact<bool>>> assumed;

    bool operator==(const Config&) const = default;
};

template <>
struct Table<TaskClass> {
    static constexpr auto rows = rowsOf(
        Row{"pids", &TaskClass::pids, "a sample of its pids, host numbering", Compare::identity},
        Row{"count", &TaskClass::count, "processes with a thread in this class", Compare::identity},
        Row{"threads", &TaskClass::threads, "threads", Compare::identity},
        Row{"session", &TaskClass::session, "main, or exec: entered from outside", Compare::identity},
        Row{"differs", &TaskClass::differs, "what differs from the facets", Compare::identity});
};

template <>
struct Table<Membership> {
    static constexpr auto rows = rowsOf(
        Row{"rule", &Membership::rule,
            "how members are told: pid namespace, pid namespace and cgroup, cgroup, or descendants",
            Compare::identity},
        Row{"processes", &Membership::processes, "processes of the subject", Compare::identity},
        Row{"threads", &Membership::threads, "threads of the subject", Compare::identity},
        Row{"describedBy", &Membership::describedBy,
            "the task of the widest class whose facts the facets are, host numbering", Compare::identity},
        Row{"complete", &Membership::complete, "no task of the subject is missing", Compare::identity});
};

template <>
struct Table<Network> {
    static constexpr auto rows = rowsOf(
        Row{"hostNetwork", &Network::hostNetwork, "the host's own network namespace", Compare::content,
            Order::trueIsWeaker},
        Row{"interfaces", &Network::interfaces, "network interfaces", Compare::identity},
        Row{"addresses", &Network::addresses, "addresses of the interfaces", Compare::identity},
        Row{"routes", &Network::routes, "routes", Compare::identity},
        Row{"publishedPorts", &Network::publishedPorts, "ports bound on the host", Compare::content,
            Order::moreIsWeaker},
        Row{"listeners", &Network::listeners, "listening sockets", Compare::identity},
        Row{"abstractSockets", &Network::abstractSockets, "abstract unix sockets that somebody listens on",
            Compare::identity},
        Row{"hostServices", &Network::hostServices,
            "what of the host answers in a shared namespace: listeners that only the machine itself reaches, "
            "and abstract sockets",
            Compare::identity});
};

template <>
struct Table<Image> {
    static constexpr auto rows = rowsOf(
        Row{"user", &Image::user, "user of the image configuration", Compare::content, Order::unordered},
        Row{"digest", &Image::digest, "content digest", Compare::content, Order::unordered},
        Row{"tagMutable", &Image::tagMutable, "referenced by a tag and not by digest", Compare::content,
            Order::trueIsWeaker},
        Row{"secretEnv", &Image::secretEnv, "environment names that look like secrets", Compare::content,
            Order::moreIsWeaker},
        Row{"layers", &Image::layers, "layer digests", Compare::identity},
        Row{"findings", &Image::findings, "what was left in layers", Compare::content, Order::moreIsWeaker});
};

template <>
struct Table<KernelSurface> {
    static constexpr auto rows = rowsOf(
        Row{"writableKnobs", &KernelSurface::writableKnobs,
            "trees of settings that act on the whole machine and whose mount lets writes pass",
            Compare::content, Order::moreIsWeaker},
        Row{"modulesLoadable", &KernelSurface::modulesLoadable, "kernel modules can be loaded from inside",
            Compare::content, Order::trueIsWeaker},
        Row{"instances", &KernelSurface::instances,
            "mount points of procfs, sysfs, cgroupfs and the kernel's other control file systems",
            Compare::identity},
        Row{"hostProcesses", &KernelSurface::hostProcesses, "a procfs in reach shows the host's processes",
            Compare::content, Order::trueIsWeaker});
};

template <>
struct Table<Audit> {
    static constexpr auto rows = rowsOf(
        Row{"state", &Audit::state, "the kernel's audit subsystem: off, on, or locked until a reboot",
            Compare::host},
        Row{"rules", &Audit::rules, "audit rules in force", Compare::content, Order::moreIsStronger},
        Row{"seccompLogged", &Audit::seccompLogged, "kernel.seccomp.actions_logged", Compare::content,
            Order::moreIsStronger},
        Row{"logDriver", &Audit::logDriver, "log driver of the engine", Compare::content, Order::unordered});
};

template <>
struct Table<Config> {
    static constexpr auto rows = rowsOf(
        Row{"privileged", &Config::privileged, "privileged mode was asked for", Compare::content,
            Order::trueIsWeaker},
        Row{"asks", &Config::asks, "what was asked beyond the engine's defaults, in words",
            Compare::identity},
        Row{"sysctls", &Config::sysctls, "sysctls set for the container", Compare::content, Order::unordered},
        Row{"hooks", &Config::hooks, "programs the runtime runs on the host", Compare::content,
            Order::moreIsWeaker},
        Row{"notUnderstood", &Config::notUnderstood, "fields of the configuration that were not understood",
            Compare::identity},
        Row{"assumed", &Config::assumed,
            "by path: a default that a setting outside the document may have changed, which the gap names; "
            "true: that setting was read and has not",
            Compare::identity});
};

} // namespace bulkhead::model
