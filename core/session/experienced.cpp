#include "core/session/experienced.h"

#include "core/kernel/host_mounts.h"
#include "core/kernel/host_reference.h"
#include "core/os/clock.h"
#include "core/os/file.h"
#include "core/session/capture.h"
#include "core/twin/experienced.h"
#include "core/twin/filters.h"
#include "core/twin/headroom.h"
#include "core/twin/launch.h"
#include "core/twin/plan.h"
#include "core/twin/program.h"
#include "core/twin/rights.h"
#include "core/twin/target.h"
#include "core/twin/tries.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

namespace bulkhead::session {

using base::ErrorKind;
using base::Result;
using base::Status;
using model::Snapshot;

namespace {

/// Every family that the kernel has at hand is listed, whatever network namespace asks (proc(5)): a socket of
/// another one would make it load a module.
bool packetFamilyIsThere() {
    const auto text = os::readFile("/proc/net/protocols");
    return text && text->contains("\nPACKET ");
}

/// The pinned process is the one the snapshot was taken of: same mount namespace, and still alive.
Status checkSame(const Snapshot& enforced, const twin::Target& target) {
    pollfd ended{target.handle.get(), POLLIN, 0};
    const auto fd = target.task.openFile("ns/mnt", O_RDONLY);
    struct stat facts{};
    const bool alive = ::poll(&ended, 1, 0) == 0 && fd && ::fstat(fd->get(), &facts) == 0;
    const auto known = enforced.namespaces.find(model::NamespaceType::mnt);
    const bool same = alive && known != enforced.namespaces.end() && known->second.inode.known() &&
                      known->second.inode.value() == facts.st_ino;
    if (!same) {
        return base::fail(
            ErrorKind::notFound, "pid " + std::to_string(target.pid) +
                                     ": ended, or became another process, while it was looked at");
    }
    return {};
}

/// The prepared twin: what stands between a target and its launch.
struct Prepared {
    std::vector<twin::WantedTry> tries;
    twin::SharedPlan shared;
    std::vector<os::Fd> groups;
    os::Fd program;
};

Result<Prepared> prepare(
    const os::ProcRoot& machine, const Snapshot& enforced, twin::Target& target,
    const ExperiencedOptions& options) {
    const auto hostMounts = kernel::readHostMounts(machine, kernel::readHostReference(machine));
    if (!hostMounts) {
        return base::fail(ErrorKind::unsupported, "the host's mounts: " + hostMounts.error().why.reason);
    }
    if (auto room = twin::checkHeadroom(target.places, hostMounts->tree); !room) {
        return std::unexpected(room.error());
    }
    if (auto read = twin::readTargetFilters(target); !read) {
        return std::unexpected(read.error());
    }
    const auto verdicts = twin::verdictsOf(target.filters, enforced.host.arch.valueOr(""));
    if (!verdicts) {
        return std::unexpected(verdicts.error());
    }
    auto shared = twin::SharedPlan::make();
    if (!shared) {
        return std::unexpected(shared.error());
    }
    auto tries = twin::planTries(machine, enforced, *verdicts, packetFamilyIsThere());
    const std::int64_t last = enforced.host.capLastCap.valueOr(model::kKnownCapabilities - 1);
    if (auto filled = twin::fillPlan(shared->plan(), target, tries, last); !filled) {
        return std::unexpected(filled.error());
    }
    shared->plan().mayExit = twin::isAllowed(*verdicts, {"exit_group", {0}}) ? 1 : 0;
    shared->plan().mayAskParent = twin::isAllowed(*verdicts, {"getppid", {}}) ? 1 : 0;
    auto groups = twin::openGroups(machine, target, hostMounts->tree);
    if (!groups) {
        return std::unexpected(groups.error());
    }
    auto program = twin::sealProgram(options.probe);
    if (!program) {
        return std::unexpected(program.error());
    }
    return Prepared{std::move(tries), std::move(*shared), std::move(*groups), std::move(*program)};
}

Result<Snapshot> lookFromInside(const Snapshot& enforced, const ExperiencedOptions& options) {
    const os::ProcRoot machine;
    // the task that the facets describe: the main process, or one of the subject's that may more
    auto target = twin::readTarget(machine, enforced.members.describedBy.valueOr(*enforced.subject.pid));
    if (!target) {
        return std::unexpected(target.error());
    }
    if (auto rights = twin::checkRights(*target, twin::ownCapabilities()); !rights) {
        return std::unexpected(rights.error());
    }
    if (auto same = checkSame(enforced, *target); !same) {
        return std::unexpected(same.error());
    }
    auto prepared = prepare(machine, enforced, *target, options);
    if (!prepared) {
        return std::unexpected(prepared.error());
    }
    const auto outcome = twin::runTwin(
        {*target, prepared->program.get(), prepared->shared.file(), std::move(prepared->groups),
         prepared->shared.plan(), options.patience, options.stop});
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    return twin::buildExperienced(enforced, prepared->tries, *outcome);
}

} // namespace

Result<Snapshot> captureExperienced(const Snapshot& enforced, const ExperiencedOptions& options) {
    const std::string name = enforced.subject.ref.empty() ? enforced.subject.name : enforced.subject.ref;
    if (!enforced.subject.pid || enforced.recorded) {
        return base::fail(
            ErrorKind::notFound, name + ": only a living process can be looked at from inside, as pid:N");
    }
    auto snapshot = lookFromInside(enforced, options);
    if (!snapshot) {
        return std::unexpected(snapshot.error().in("looking from inside " + name));
    }
    signSnapshot(*snapshot);
    return snapshot;
}

} // namespace bulkhead::session
