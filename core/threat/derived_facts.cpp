#include "core/threat/derived_facts.h"

#include <array>

namespace bulkhead::threat {

namespace {

using catalog::ObjectKind;

constexpr std::array kDerived = {
    DerivedFact{
        "capability", "CAPABILITY",
        "the capability is effective and counts over the host: in a child user namespace it counts as "
        "nothing. "
        "Unknown where only an execve of a set-user-ID program could bring it.",
        std::nullopt, &compileCapability},
    DerivedFact{
        "rootOnHost", "",
        "the effective user id is the host's 0: files and sockets of the host judge the process as root. "
        "Unknown where an execve of a set-user-ID program could make it that.",
        std::nullopt, &compileRootOnHost},
    DerivedFact{
        "privileged", "",
        "privileged mode was asked for, or holds: capabilities to administer, load modules and reach raw "
        "hardware over the host, no system-call filter, every device",
        std::nullopt, &compilePrivileged},
    DerivedFact{
        "userNamespaces", "", "a process without privilege may create user namespaces on this machine",
        std::nullopt, &compileUserNamespaces},
    DerivedFact{
        "confined", "", "a security module enforces a label or profile on the process", std::nullopt,
        &compileConfined},
    DerivedFact{
        "lsmDenies", "mount|ptrace|kernel-files",
        "the enforced profile is one that engines ship and denies the operation; unknown for a profile whose "
        "rules are not known",
        std::nullopt, &compileLsmDenies},
    DerivedFact{
        "call", "NAME[, INDEX=VALUE[/MASK]]...",
        "the filters let the call be executed, with these argument values, by at least one ABI that the "
        "kernel "
        "runs. A call that a tracer or a monitor answers is unknown.",
        std::nullopt, &compileCall},
    DerivedFact{
        "kernelFileWritable", "/proc/PATH or /sys/PATH",
        "some procfs or sysfs in reach shows the file and its mount chain lets writes pass (who may write is "
        "a fact of its own)",
        std::nullopt, &compileKernelFile},
    DerivedFact{
        "shows", "HOST-PATH...",
        "the mount is of one of these paths of the host, or of a directory above one; the host's root only "
        "where it is named itself. A last slash: or of what lies below; * stands for one name; a leading "
        "question mark: unknown for a directory above, because the host may lack the path.",
        ObjectKind::mount, &compileShows},
    DerivedFact{
        "from", "HOST-PATH, volume or volume NAME...",
        "the mount is of one of these paths of the host and of nothing above or below it, in whatever "
        "spelling; or of a volume, for which an engine chose the place",
        ObjectKind::mount, &compileFrom},
    DerivedFact{
        "actsAsRoot", "",
        "on this mount files of the host's root are the process's own: its id there is 0. Unknown for "
        "another id: the permissions of the files are not collected.",
        ObjectKind::mount, &compileActsAsRoot},
    DerivedFact{
        "coreDumpsLeave", "",
        "a crash writes its memory outside: the pattern is a pipe, or the limit is not 0 and a writable "
        "directory of the host may be the working directory",
        std::nullopt, &compileCoreDumps},
    DerivedFact{
        "answers", "",
        "the process may connect to the socket. A configuration says it by ids and the usual owner and mode: "
        "unknown where only the socket's group decides, or where a directory above is mounted and the host "
        "may lack the socket.",
        ObjectKind::socket, &compileAnswers},
    DerivedFact{
        "opens", "r|w|rw",
        "the node may be opened: the device policy permits it, and its owner and mode let the process",
        ObjectKind::device, &compileDeviceOpens},
    DerivedFact{
        "devicePolicy", "RULE", "the device policy permits all of the rule, as in `b *:* rw`", std::nullopt,
        &compileDevicePolicy},
    DerivedFact{
        "affected", "ADVISORY",
        "the version in use has the defect. A distribution's fixed package decides; where only upstream's "
        "range matches it is unknown, because distributions repair without changing it.",
        std::nullopt, &compileAffected},
    DerivedFact{
        "unseen", "WHAT, WHO KNOWS",
        "never known from a snapshot, and what else holds is enough to call the entry possible", std::nullopt,
        &compileUnseen},
    DerivedFact{
        "uncollected", "WHAT, WHO KNOWS", "never known from a snapshot: the entry says so by a gap",
        std::nullopt, &compileUncollected},
};

} // namespace

std::span<const DerivedFact> derivedFacts() {
    return kDerived;
}

} // namespace bulkhead::threat
