#include "app/cli/output.h"
#include "app/cli/seccomp.h"
#include "core/kernel/abis.h"
#include "core/seccomp/arch.h"
#include "core/session/resolve.h"

#include <sstream>
#include <sys/utsname.h>

namespace bulkhead::cli {

using base::ErrorKind;
using base::fail;
using base::Result;
using session::NamedFilters;

namespace {

/// The bounding set of a subject: as the kernel holds it, or as it was asked for.
Result<model::CapabilitySet> boundingOf(const std::string& reference) {
    const auto subjects = session::resolveReference(reference);
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    if (subjects->size() != 1) {
        return fail(ErrorKind::malformed, "--bounding " + reference + ": holds several subjects, name one");
    }
    for (const auto& snapshot : {subjects->front().enforced, subjects->front().declared}) {
        if (snapshot && snapshot->capabilities.bounding.known()) {
            return snapshot->capabilities.bounding.value();
        }
    }
    return fail(ErrorKind::unsupported, "--bounding " + reference + ": its bounding set is not known");
}

Result<model::CapabilitySet> boundingFrom(const std::string& text) {
    if (text == "none") {
        return model::CapabilitySet();
    }
    if (text == "all") {
        return model::CapabilitySet(~std::uint64_t{0});
    }
    if (text.contains(':')) {
        return boundingOf(text);
    }
    model::CapabilitySet set;
    std::istringstream names(text);
    for (std::string name; std::getline(names, name, ',');) {
        const auto capability = model::capabilityNamed(name);
        if (!capability) {
            return fail(
                ErrorKind::malformed, "--bounding: no capability is named " + name +
                                          "; expected names divided by commas, all, none or a reference");
        }
        set.add(*capability);
    }
    return set;
}

Result<session::ProfileOptions> optionsOf(const SeccompRequest& request) {
    session::ProfileOptions options;
    if (!request.bounding.empty()) {
        const auto bounding = boundingFrom(request.bounding);
        if (!bounding) {
            return std::unexpected(bounding.error());
        }
        options.bounding = *bounding;
    }
    if (!request.kernel.empty()) {
        options.kernel = seccomp::parseKernelVersion(request.kernel);
        if (!options.kernel) {
            return fail(ErrorKind::malformed, "--kernel " + request.kernel + ": expected such as 6.1");
        }
    }
    if (const seccomp::Arch* arch = seccomp::findArch(request.arch)) {
        options.architecture = arch->native;
    }
    using seccomp::ProfileRuntime;
    options.runtime = request.runtime == "runc"   ? ProfileRuntime::runc
                      : request.runtime == "crun" ? ProfileRuntime::crun
                                                  : ProfileRuntime::libseccomp;
    options.libseccomp = request.libseccomp;
    return options;
}

void warn(const NamedFilters& filters) {
    if (filters.stack.empty()) {
        say(filters.name + ": no filter, every call is allowed");
    }
    std::string names;
    for (const std::string& name : filters.unknown.names) {
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) {
        say(filters.name + ": libseccomp " + seccomp::libraryVersion() +
            " here does not know, so what becomes of them is not known (--libseccomp " +
            seccomp::libraryVersion() + " says that the runtime has the same): " + names);
    }
}

} // namespace

void declareRequest(Arguments& options, SeccompRequest& request, int leastReferences) {
    options.positional(
        "REF", request.references, "bpf:FILE[,FILE...], a profile, a snapshot, pid:N or lab:NAME",
        leastReferences);
    options.option("--arch", request.arch, "ABI of the calls", {"x86_64", "i386", "x32", "aarch64", "arm"});
    options.option("--format", request.format, "form of the result", {"table", "json"});
    options.option(
        "--bounding", request.bounding,
        "of a profile: the bounding set it is resolved for, as CAP_A,CAP_B, all, none or a reference such as "
        "pid:N; without it the 14 of Docker");
    options.option(
        "--kernel", request.kernel,
        "of a profile: the release it is resolved for; without it this machine's");
    options.option(
        "--runtime", request.runtime, "of a profile: who installs it (runc puts a check before it)",
        {"runc", "crun", "libseccomp"});
    options.option(
        "--libseccomp", request.libseccomp,
        "of a profile: the version that the runtime is linked with, as `runc --version` says it");
}

Result<std::vector<NamedFilters>> resolveAll(const SeccompRequest& request) {
    const auto options = optionsOf(request);
    if (!options) {
        return std::unexpected(options.error());
    }
    std::vector<NamedFilters> all;
    for (const std::string& reference : request.references) {
        auto filters = session::resolveFilters(reference, *options);
        if (!filters) {
            return std::unexpected(filters.error());
        }
        warn(*filters);
        all.push_back(std::move(*filters));
    }
    return all;
}

seccomp::Machine machineFor(std::string_view arch) {
    utsname name{};
    ::uname(&name);
    const std::string own = static_cast<const char*>(name.machine);
    seccomp::Machine machine;
    if (const seccomp::Arch* asked = seccomp::findArch(arch); asked != nullptr && asked->native != own) {
        machine.arch = asked->native;
        return machine;
    }
    if (const seccomp::Arch* known = seccomp::findArch(own)) {
        machine.arch = known->native;
        const auto answered = kernel::readAbis({}, machine.arch);
        if (!answered) {
            say("bulkhead: " + answered.error().why.reason + "; taken to run all but x32");
        }
        machine = answered.value_or(machine);
    }
    return machine;
}

} // namespace bulkhead::cli
