#include "core/seccomp/profile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace bulkhead::seccomp {

namespace {

/// An architecture by the names of uname, of Go (conditions) and of libseccomp (archMap).
struct ArchitectureNames {
    std::string_view kernel;
    std::string_view go;
    std::string_view scmp;
};
constexpr std::array kArchitectures = {
    ArchitectureNames{"x86_64", "amd64", "SCMP_ARCH_X86_64"},
    ArchitectureNames{"aarch64", "arm64", "SCMP_ARCH_AARCH64"},
    ArchitectureNames{"armv7l", "arm", "SCMP_ARCH_ARM"},
    ArchitectureNames{"i686", "386", "SCMP_ARCH_X86"},
    ArchitectureNames{"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"},
    ArchitectureNames{"s390x", "s390x", "SCMP_ARCH_S390X"},
    ArchitectureNames{"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
};

bool contains(const std::vector<std::string>& list, std::string_view name) {
    return std::ranges::find(list, name) != list.end();
}

bool included(const ProfileConditions& needs, const ProfileTarget& target, std::string_view go) {
    return needs.capabilities.isSubsetOf(target.bounding) &&
           (needs.architectures.empty() || contains(needs.architectures, go)) &&
           (!needs.kernel || target.kernel >= *needs.kernel);
}

bool excluded(const ProfileConditions& bars, const ProfileTarget& target, std::string_view go) {
    return !bars.capabilities.intersected(target.bounding).empty() || contains(bars.architectures, go) ||
           (bars.kernel && target.kernel >= *bars.kernel);
}

bool takeNumber(std::string_view& text, std::uint32_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc{};
}

} // namespace

std::optional<KernelVersion> parseKernelVersion(std::string_view text) {
    KernelVersion version;
    if (!takeNumber(text, version.major) || !text.starts_with('.')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    return takeNumber(text, version.minor) ? std::optional(version) : std::nullopt;
}

std::string_view goNameOf(std::string_view architecture) {
    const auto* names = std::ranges::find(kArchitectures, architecture, &ArchitectureNames::kernel);
    return names == kArchitectures.end() ? architecture : names->go;
}

Profile resolveProfile(const Profile& profile, const ProfileTarget& target) {
    const auto* names = std::ranges::find(kArchitectures, target.architecture, &ArchitectureNames::kernel);
    const std::string_view go = goNameOf(target.architecture);
    const std::string_view scmp = names == kArchitectures.end() ? "" : names->scmp;
    Profile resolved;
    resolved.otherwise = profile.otherwise;
    resolved.flags = profile.flags;
    resolved.architectures = profile.architectures;
    for (const ProfileArchitectures& entry : profile.byNative) {
        if (entry.native == scmp) {
            resolved.architectures.push_back(entry.native);
            std::ranges::copy(entry.beside, std::back_inserter(resolved.architectures));
            break;
        }
    }
    for (const ProfileRule& rule : profile.rules) {
        if (included(rule.includes, target, go) && !excluded(rule.excludes, target, go)) {
            resolved.rules.push_back({rule.calls, rule.action, rule.arguments, {}, {}});
        }
    }
    return resolved;
}

} // namespace bulkhead::seccomp
