#include "core/seccomp/profile.h"
#include "core/seccomp/runc_stub.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bulkhead::seccomp {

using base::ErrorKind;
using model::SeccompAction;

namespace {

using Context = std::unique_ptr<void, decltype([](scmp_filter_ctx context) { ::seccomp_release(context); })>;

/// As runc's getAction and crun's get_seccomp_action: EPERM where an error or a trace has no number.
std::uint32_t valueOf(const ProfileAction& action) {
    const std::uint32_t data = action.data.value_or(EPERM);
    switch (action.action) {
    case SeccompAction::killProcess:
        return SCMP_ACT_KILL_PROCESS;
    case SeccompAction::killThread:
        return SCMP_ACT_KILL_THREAD;
    case SeccompAction::trap:
        return SCMP_ACT_TRAP;
    case SeccompAction::errorNumber:
        return SCMP_ACT_ERRNO(data);
    case SeccompAction::userNotif:
        return SCMP_ACT_NOTIFY;
    case SeccompAction::trace:
        return SCMP_ACT_TRACE(data);
    case SeccompAction::log:
        return SCMP_ACT_LOG;
    default:
        return SCMP_ACT_ALLOW;
    }
}

scmp_arg_cmp comparisonOf(const ProfileArgument& argument) {
    constexpr std::array kOperators = {SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE,       SCMP_CMP_EQ,
                                       SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ};
    return {
        argument.index, kOperators[static_cast<std::size_t>(argument.op)], argument.value, argument.valueTwo};
}

/// The conditions of one rule, as sets that hold together. With an argument named twice the runtimes make one
/// rule of each condition, so that any of them is enough.
std::vector<std::vector<scmp_arg_cmp>> conditionsOf(const ProfileRule& rule) {
    std::array<int, 6> named{};
    std::vector<scmp_arg_cmp> all;
    for (const ProfileArgument& argument : rule.arguments) {
        all.push_back(comparisonOf(argument));
        ++named[argument.index];
    }
    if (std::ranges::none_of(named, [](int times) { return times > 1; })) {
        return {all};
    }
    std::vector<std::vector<scmp_arg_cmp>> each;
    each.reserve(all.size());
    for (const scmp_arg_cmp& one : all) {
        each.push_back({one});
    }
    return each;
}

base::Status addArchitectures(scmp_filter_ctx context, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::uint32_t token = architectureToken(name);
        const int result = token == 0 ? -EINVAL : ::seccomp_arch_add(context, token);
        if (result < 0 && result != -EEXIST) {
            return base::fail(
                ErrorKind::malformed,
                "architectures: libseccomp refuses " + name + ": " + base::errnoName(-result));
        }
    }
    return {};
}

base::Status addRule(scmp_filter_ctx context, const ProfileRule& rule, CompiledProfile& compiled) {
    const std::uint32_t value = valueOf(rule.action);
    for (const std::string& call : rule.calls) {
        const int number = ::seccomp_syscall_resolve_name(call.c_str());
        if (number == __NR_SCMP_ERROR) {
            compiled.unknown.names.push_back(call);
            continue;
        }
        for (const auto& conditions : conditionsOf(rule)) {
            const int result = ::seccomp_rule_add_array(
                context, value, number, static_cast<unsigned>(conditions.size()), conditions.data());
            if (result < 0) {
                return base::fail(
                    ErrorKind::malformed,
                    "syscalls: libseccomp refuses the rule for " + call + ": " + base::errnoName(-result));
            }
        }
    }
    return {};
}

base::Result<Program> exported(scmp_filter_ctx context) {
    const int fd = ::memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0) {
        return base::failErrno(errno, "memfd_create");
    }
    const int result = ::seccomp_export_bpf(context, fd);
    std::string bytes(kMaxInstructions * kInstructionBytes + 1, '\0');
    const ssize_t size = result < 0 ? 0 : ::pread(fd, bytes.data(), bytes.size(), 0);
    ::close(fd);
    if (result < 0 || size < 0) {
        return base::fail(ErrorKind::malformed, "libseccomp writes no program: " + base::errnoName(-result));
    }
    bytes.resize(static_cast<std::size_t>(size));
    return parseProgram(bytes, "the compiled profile");
}

} // namespace

base::Result<CompiledProfile> compileProfile(const Profile& resolved, ProfileRuntime runtime) {
    const std::uint32_t otherwise = valueOf(resolved.otherwise);
    const Context context(::seccomp_init(otherwise));
    if (!context) {
        return base::fail(ErrorKind::malformed, "defaultAction: libseccomp refuses it");
    }
    if (const auto added = addArchitectures(context.get(), resolved.architectures); !added) {
        return std::unexpected(added.error());
    }
    CompiledProfile compiled;
    compiled.log = std::ranges::find(resolved.flags, "SECCOMP_FILTER_FLAG_LOG") != resolved.flags.end();
    for (const ProfileRule& rule : resolved.rules) {
        if (valueOf(rule.action) == otherwise) {
            continue; // redundant: both runtimes leave it out, libseccomp would refuse it
        }
        if (const auto added = addRule(context.get(), rule, compiled); !added) {
            return std::unexpected(added.error());
        }
    }
    auto program = exported(context.get());
    if (!program) {
        return std::unexpected(program.error());
    }
    if (runtime == ProfileRuntime::runc) {
        compiled.program = runcStub(resolved, otherwise);
    }
    std::ranges::copy(*program, std::back_inserter(compiled.program));
    if (compiled.program.size() > kMaxInstructions) {
        return base::fail(ErrorKind::malformed, "more instructions than a filter may have");
    }
    std::ranges::sort(compiled.unknown.names);
    const auto repeated = std::ranges::unique(compiled.unknown.names);
    compiled.unknown.names.erase(repeated.begin(), repeated.end());
    if (runtime == ProfileRuntime::runc && otherwise != SCMP_ACT_ERRNO(ENOSYS)) {
        compiled.unknown.behindStub = behindStub(resolved, compiled.unknown.names);
    }
    return compiled;
}

} // namespace bulkhead::seccomp
