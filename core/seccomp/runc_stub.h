#pragma once

#include "core/seccomp/profile.h"
#include "core/seccomp/program.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::seccomp {

/// What runc 1.1 puts before a profile that refuses by default (libcontainer/seccomp/patchbpf): for each
/// architecture of the profile, and the native one, numbers above the greatest that any rule names answer
/// ENOSYS. Empty for profiles that allow or trace by default. runc's own order of the architectures is that
/// of a hash table and changes from run to run; here they are sorted.
[[nodiscard]] Program runcStub(const Profile& resolved, std::uint32_t otherwise);

/// By ABI: the numbers above the greatest that the stub knows, up to the greatest of the names that
/// libseccomp here does not know. With one that does, the stub would let them through to the profile.
[[nodiscard]] std::map<std::string, KeyedNumbers>
behindStub(const Profile& resolved, const std::vector<std::string>& unknown);

/// libseccomp's token for SCMP_ARCH_X86_64; 0 where it has none.
[[nodiscard]] std::uint32_t architectureToken(const std::string& name);

} // namespace bulkhead::seccomp
