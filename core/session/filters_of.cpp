#include "core/session/filters_of.h"

#include "core/catalog/seccomp_profile.h"
#include "core/os/file.h"
#include "core/seccomp/base64.h"
#include "core/seccomp/predict.h"
#include "core/session/resolve.h"

#include <array>
#include <filesystem>
#include <sys/utsname.h>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;

namespace {

using Filters = base::Result<NamedFilters>;

constexpr std::size_t kMaxProgramFile = seccomp::kMaxInstructions * seccomp::kInstructionBytes;

Filters fromPrograms(const std::string& reference) {
    NamedFilters filters{reference, {}, false, {}};
    std::string rest = reference.substr(4);
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string file = rest.substr(0, comma);
        rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
        std::error_code error;
        if (const auto size = fs::file_size(file, error); !error && size > kMaxProgramFile) {
            return base::fail(
                ErrorKind::malformed, file + ": " + std::to_string(size) +
                                          " bytes; a program has at most 4096 instructions of 8 bytes");
        }
        const auto bytes = os::readFile(file, kMaxProgramFile);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        auto program = seccomp::parseProgram(*bytes, file);
        if (!program) {
            return std::unexpected(program.error());
        }
        filters.stack.push_back(std::move(*program));
    }
    if (filters.stack.empty()) {
        return base::fail(ErrorKind::malformed, reference + ": expected a file, as in bpf:filter.bpf");
    }
    return filters;
}

seccomp::ProfileTarget targetOf(const ProfileOptions& options) {
    utsname machine{};
    ::uname(&machine);
    return {
        options.bounding.value_or(defaultBounding()),
        options.architecture.empty() ? machine.machine : options.architecture,
        options.kernel.value_or(
            seccomp::parseKernelVersion(machine.release).value_or(seccomp::KernelVersion{}))};
}

Filters compiled(const std::string& name, const seccomp::Profile& profile, const ProfileOptions& options) {
    const auto program =
        seccomp::compileProfile(seccomp::resolveProfile(profile, targetOf(options)), options.runtime);
    if (!program) {
        return std::unexpected(program.error().in(name));
    }
    return NamedFilters{
        name, {program->program}, false, seccomp::unknownTo(*program, options.runtime, options.libseccomp)};
}

/// A profile by its content; nullopt where the file is something else.
std::optional<Filters> fromProfile(const std::string& reference, const ProfileOptions& options) {
    std::error_code error;
    if (!fs::is_regular_file(reference, error)) {
        return std::nullopt;
    }
    const auto text = os::readFile(reference);
    if (!text) {
        return std::unexpected(text.error());
    }
    if (seccomp::looksLikeProfile(*text)) {
        const auto profile = seccomp::parseProfile(*text, reference);
        return profile ? compiled(reference, *profile, options) : std::unexpected(profile.error());
    }
    if (text->starts_with("profile:") || text->contains("\nprofile:")) {
        const auto profile = catalog::parseSeccompProfile(*text, reference);
        return profile ? compiled(reference, catalog::profileOf(*profile), options)
                       : std::unexpected(profile.error());
    }
    return std::nullopt;
}

Filters ofSnapshot(const std::string& name, const model::Snapshot& snapshot) {
    const auto& facts = snapshot.seccomp.filters;
    if (facts.unreadable()) {
        const std::string needs = facts.gap().needs.empty() ? "" : "; needed: " + facts.gap().needs;
        return base::fail(
            ErrorKind::denied, name + ": its filters were not read: " + facts.gap().reason + needs);
    }
    NamedFilters filters{name, {}, true, {}};
    for (const model::SeccompFilter& filter : facts.valueOr({})) {
        const auto bytes = seccomp::bytesFromBase64(filter.program);
        if (!bytes) {
            return std::unexpected(bytes.error().in(name));
        }
        auto program = seccomp::parseProgram(*bytes, name);
        if (!program) {
            return std::unexpected(program.error());
        }
        filters.stack.push_back(std::move(*program));
    }
    return filters;
}

Filters fromSubject(const std::string& reference) {
    const auto subjects = resolveReference(reference);
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    if (subjects->size() != 1) {
        std::string names;
        for (const diagram::SubjectView& subject : *subjects) {
            names += (names.empty() ? "" : ", ") + subject.name;
        }
        return base::fail(ErrorKind::malformed, reference + ": holds several subjects, name one: " + names);
    }
    const diagram::SubjectView& subject = subjects->front();
    if (!subject.enforced || subject.enforced->seccomp.filters.unstated()) {
        return base::fail(ErrorKind::unsupported, reference + ": holds no filters, only what was declared");
    }
    return ofSnapshot(reference, *subject.enforced);
}

} // namespace

seccomp::Verdicts verdictsOf(const NamedFilters& filters, const seccomp::Machine& machine) {
    seccomp::Verdicts verdicts = seccomp::evaluateStack(filters.stack, machine);
    seccomp::markUnknown(verdicts, filters.unknown);
    return verdicts;
}

model::CapabilitySet defaultBounding() {
    constexpr std::array kNames = {
        "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
        "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
        "CAP_KILL",    "CAP_AUDIT_WRITE"};
    model::CapabilitySet set;
    for (const char* name : kNames) {
        set.add(*model::capabilityNamed(name));
    }
    return set;
}

Filters resolveFilters(const std::string& reference, const ProfileOptions& options) {
    if (reference.starts_with("bpf:")) {
        return fromPrograms(reference);
    }
    if (auto profile = fromProfile(reference, options)) {
        return std::move(*profile);
    }
    return fromSubject(reference);
}

} // namespace bulkhead::session
