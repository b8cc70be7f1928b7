#include "core/twin/plan.h"

#include "core/kernel/task.h"
#include "core/os/file.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <optional>
#include <sys/resource.h>

namespace bulkhead::twin {

using base::ErrorKind;
using base::Status;
using wire::ProbePlan;

namespace {

Status fillIds(
    std::array<std::uint32_t, 4>& out, const model::Ids& host, const model::IdMap& map, const char* what) {
    const std::array<std::uint32_t, 4> ids = {host.real, host.effective, host.saved, host.fs};
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto inside = map.fromHost(ids[i]);
        if (!inside) {
            return base::fail(
                ErrorKind::unsupported, std::string(what) + " " + std::to_string(ids[i]) +
                                            " has no number in the container's user namespace; nobody can "
                                            "take it there");
        }
        out[i] = *inside;
    }
    return {};
}

void fillSets(ProbePlan& plan, const kernel::TaskStatus& status, std::uint64_t known) {
    const auto of = [&](const std::optional<model::CapabilitySet>& set) {
        return set.value_or(model::CapabilitySet()).mask() & known;
    };
    plan.effective = of(status.effective);
    plan.permitted = of(status.permitted);
    plan.inheritable = of(status.inheritable);
    plan.bounding = of(status.bounding);
    plan.ambient = of(status.ambient);
    plan.noNewPrivileges = status.noNewPrivileges.value_or(false) ? 1 : 0;
}

void fillLimits(ProbePlan& plan, const Target& target) {
    const auto& names = limitNames();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = target.limits.find(std::string(names[i]));
        const model::ResourceLimit limit =
            found == target.limits.end() ? model::ResourceLimit{} : found->second;
        plan.limits[i] = {limit.soft.value_or(RLIM_INFINITY), limit.hard.value_or(RLIM_INFINITY)};
    }
}

Status fillFilters(ProbePlan& plan, const std::vector<Filter>& filters) {
    if (filters.size() > wire::kMaxPlanFilters) {
        return base::fail(ErrorKind::unsupported, "more than 64 filters are stacked");
    }
    std::size_t used = 0;
    for (std::size_t i = 0; i < filters.size(); ++i) {
        const std::string& program = filters[i].program;
        const std::size_t count = program.size() / sizeof plan.instructions[0];
        if (program.size() % sizeof plan.instructions[0] != 0 || count == 0 || count > 4096 ||
            used + count > plan.instructions.size()) {
            return base::fail(
                ErrorKind::malformed, "filter " + std::to_string(i) + ": not a program of the kernel's");
        }
        std::memcpy(plan.instructions.data() + used, program.data(), program.size());
        plan.filters[i] = {
            static_cast<std::uint32_t>(used), static_cast<std::uint32_t>(count),
            filters[i].log ? static_cast<std::uint32_t>(SECCOMP_FILTER_FLAG_LOG) : 0U};
        used += count;
    }
    plan.filterCount = static_cast<std::uint32_t>(filters.size());
    return {};
}

void fillLabel(ProbePlan& plan, const LabelCopy& label) {
    if (label.text.size() > plan.label.size()) { // planLabel leaves no such thing
        return;
    }
    plan.labelFile = label.file;
    plan.labelSize = static_cast<std::uint32_t>(label.text.size());
    std::ranges::copy(label.text, plan.label.begin());
}

Status fillTries(ProbePlan& plan, const std::vector<WantedTry>& tries) {
    if (tries.size() > plan.tries.size()) {
        return base::fail(ErrorKind::unsupported, "more tries than a plan holds");
    }
    std::size_t used = 1; // offset 0 is the empty path
    for (std::size_t i = 0; i < tries.size(); ++i) {
        const std::string& path = tries[i].path;
        if (used + path.size() + 1 > plan.paths.size() || path.contains('\0')) {
            return base::fail(ErrorKind::unsupported, "longer paths than a plan holds");
        }
        plan.tries[i] = {
            tries[i].what, path.empty() ? 0U : static_cast<std::uint32_t>(used), tries[i].skip ? 1U : 0U};
        if (!path.empty()) {
            std::memcpy(plan.paths.data() + used, path.data(), path.size());
            used += path.size() + 1;
        }
    }
    plan.tryCount = static_cast<std::uint32_t>(tries.size());
    return {};
}

} // namespace

Status fillPlan(
    ProbePlan& plan, const Target& target, const std::vector<WantedTry>& tries, std::int64_t lastCapability) {
    const auto last = static_cast<std::uint32_t>(std::clamp<std::int64_t>(lastCapability, 0, 62));
    plan.lastCapability = last;
    plan.namespaces = target.namespaces;
    fillSets(plan, target.status, (1ULL << (last + 1)) - 1);
    fillLimits(plan, target);
    fillLabel(plan, target.label);
    plan.groupCount = static_cast<std::uint32_t>(target.status.groups.size());
    std::ranges::copy(target.status.groups, plan.hostGroups.begin());
    for (const Status& one :
         {fillIds(plan.uid, target.status.uid, target.uidMap, "user id"),
          fillIds(plan.gid, target.status.gid, target.gidMap, "group id"), fillFilters(plan, target.filters),
          fillTries(plan, tries)}) {
        if (!one) {
            return one;
        }
    }
    return {};
}

base::Result<std::vector<os::Fd>>
openGroups(const os::ProcRoot& machine, const Target& target, const kernel::MountTree& hostMounts) {
    const auto self = kernel::Task::openSelf(machine);
    const auto ours =
        self ? kernel::parsed(self->read("cgroup"), kernel::parseCgroupFile)
             : kernel::Reading<std::vector<kernel::CgroupPlace>>(std::vector<kernel::CgroupPlace>{});
    std::vector<os::Fd> files;
    for (const kernel::CgroupPlace& place : target.places) {
        if (ours && std::ranges::find(*ours, place) != ours->end()) {
            continue;
        }
        const std::string controller = place.controllers.empty() ? "" : place.controllers.front();
        const auto directories = kernel::findCgroupDirectories({place}, hostMounts, controller);
        if (!directories) {
            return std::unexpected(directories.error());
        }
        const std::string path = directories->leafFirst.front() + "/cgroup.procs";
        auto file = os::tryOpenAt(AT_FDCWD, path, O_WRONLY);
        if (!file) {
            return base::failErrno(file.error(), path);
        }
        files.push_back(std::move(*file));
    }
    if (files.size() > wire::kMaxHierarchies) {
        return base::fail(ErrorKind::unsupported, "more than 24 hierarchies of control groups");
    }
    return files;
}

} // namespace bulkhead::twin
