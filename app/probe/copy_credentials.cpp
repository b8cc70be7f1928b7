#include "app/probe/copy_credentials.h"

#include <algorithm>
#include <cerrno>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::probe {

using wire::ProbePlan;
using wire::TwinFacts;

namespace {

/// capset(2) and capget(2) as the kernel has them, two words of 32 bits.
struct Sets {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
};

constexpr std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint64_t>(high) << 32U | low;
}

} // namespace

/// A limit above ours needs CAP_SYS_RESOURCE of the machine: what is refused is found by reading back.
bool copyLimits(const ProbePlan& plan) {
    for (unsigned which = 0; which < wire::kPlanLimits; ++which) {
        const rlimit wanted{plan.limits[which][0], plan.limits[which][1]};
        if (::syscall(SYS_prlimit64, 0, which, &wanted, nullptr) != 0 && errno != EPERM) {
            return false;
        }
    }
    return true;
}

bool copyNoNewPrivileges(const ProbePlan& plan) {
    return plan.noNewPrivileges == 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool copyFilters(const ProbePlan& plan) {
    for (unsigned i = 0; i < plan.filterCount; ++i) {
        const wire::PlannedFilter& one = plan.filters[i];
        static_assert(sizeof(sock_filter) == sizeof plan.instructions[0]);
        auto* program = const_cast<std::uint64_t*>(plan.instructions.data() + one.first);
        const sock_fprog whole{
            static_cast<unsigned short>(one.count), reinterpret_cast<sock_filter*>(program)};
        if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, one.flags, &whole) != 0) {
            return false;
        }
    }
    return true;
}

bool copyBounding(const ProbePlan& plan) {
    for (unsigned number = 0; number <= plan.lastCapability; ++number) {
        if ((plan.bounding >> number & 1U) == 0 && ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) {
            return false;
        }
    }
    return true;
}

bool copyGids(const ProbePlan& plan) {
    if (::syscall(SYS_setresgid, plan.gid[0], plan.gid[1], plan.gid[2]) != 0) {
        return false;
    }
    ::setfsgid(plan.gid[3]);
    return true;
}

/// The change of ids must leave the permitted set: what stays of it is decided by the sets themselves.
bool copyUids(const ProbePlan& plan) {
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_setresuid, plan.uid[0], plan.uid[1], plan.uid[2]) != 0) {
        return false;
    }
    if (plan.uid[3] != plan.uid[1]) {
        ::setfsuid(plan.uid[3]);
    }
    return ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == 0;
}

bool copyCapabilities(const ProbePlan& plan) {
    Sets sets;
    for (unsigned word = 0; word < 2; ++word) {
        const unsigned shift = word * 32;
        sets.data[word].effective = static_cast<std::uint32_t>(plan.effective >> shift);
        sets.data[word].permitted = static_cast<std::uint32_t>(plan.permitted >> shift);
        sets.data[word].inheritable = static_cast<std::uint32_t>(plan.inheritable >> shift);
    }
    return ::syscall(SYS_capset, &sets.header, sets.data) == 0;
}

bool copyAmbient(const ProbePlan& plan) {
    for (unsigned number = 0; number <= plan.lastCapability; ++number) {
        if ((plan.ambient >> number & 1U) != 0 &&
            ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0) {
            return false;
        }
    }
    return true;
}

void readFacts(TwinFacts& facts) {
    ::syscall(SYS_getresuid, facts.uid.data(), &facts.uid[1], &facts.uid[2]);
    ::syscall(SYS_getresgid, facts.gid.data(), &facts.gid[1], &facts.gid[2]);
    facts.uid[3] = static_cast<std::uint32_t>(::setfsuid(static_cast<uid_t>(-1))); // refused, and tells it
    facts.gid[3] = static_cast<std::uint32_t>(::setfsgid(static_cast<gid_t>(-1)));
    const long groups = ::syscall(SYS_getgroups, facts.groups.size(), facts.groups.data());
    facts.groupCount = groups < 0 ? 0 : static_cast<std::uint32_t>(groups);
    Sets sets;
    if (::syscall(SYS_capget, &sets.header, sets.data) == 0) {
        facts.effective = joined(sets.data[0].effective, sets.data[1].effective);
        facts.permitted = joined(sets.data[0].permitted, sets.data[1].permitted);
        facts.inheritable = joined(sets.data[0].inheritable, sets.data[1].inheritable);
    }
    facts.bounding = 0;
    facts.ambient = 0;
    for (unsigned number = 0; number < 64; ++number) {
        const int bound = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
        if (bound < 0) {
            break; // above what this kernel knows
        }
        facts.bounding |= static_cast<std::uint64_t>(bound) << number;
        const int ambient = ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0);
        facts.ambient |= static_cast<std::uint64_t>(ambient > 0 ? 1 : 0) << number;
    }
    facts.noNewPrivileges = static_cast<std::uint32_t>(std::max(0, ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    facts.seccompMode = static_cast<std::uint32_t>(std::max(0, ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0)));
}

} // namespace bulkhead::probe
