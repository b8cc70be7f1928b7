#include "core/twin/program.h"

#include "core/os/file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace bulkhead::twin {

using base::Result;

namespace {

constexpr unsigned kExecutable = 0x10; // MFD_EXEC, Linux 6.3; older kernels know no other kind

os::Fd memoryFile(const char* name, unsigned flags) {
    os::Fd file(::memfd_create(name, flags));
    if (!file.valid() && errno == EINVAL) {
        file = os::Fd(::memfd_create(name, flags & ~kExecutable));
    }
    return file;
}

bool writeAll(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(file, text.data(), text.size());
        if (put < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    return true;
}

} // namespace

Result<os::Fd> sealProgram(const std::filesystem::path& probe) {
    const auto program = os::readFile(probe);
    if (!program) {
        return std::unexpected(program.error().in("bulkhead-probe, which looks from inside"));
    }
    if (!program->starts_with("\177ELF")) {
        return base::fail(base::ErrorKind::malformed, probe.string() + ": not a program");
    }
    os::Fd file = memoryFile("bulkhead-probe", MFD_CLOEXEC | MFD_ALLOW_SEALING | kExecutable);
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (!file.valid() || !writeAll(file.get(), *program) || ::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
        return base::failErrno(errno, "a copy of bulkhead-probe in memory");
    }
    return file;
}

Result<SharedPlan> SharedPlan::make() {
    os::Fd file(::memfd_create("bulkhead-plan", MFD_CLOEXEC));
    if (!file.valid() || ::ftruncate(file.get(), sizeof(wire::ProbePlan)) != 0) {
        return base::failErrno(errno, "memory shared with the probe");
    }
    void* at = ::mmap(nullptr, sizeof(wire::ProbePlan), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (at == MAP_FAILED) {
        return base::failErrno(errno, "memory shared with the probe");
    }
    return SharedPlan(std::move(file), new (at) wire::ProbePlan{});
}

SharedPlan::SharedPlan(SharedPlan&& other) noexcept
    : m_file(std::move(other.m_file)), m_plan(std::exchange(other.m_plan, nullptr)) {}

SharedPlan::~SharedPlan() {
    if (m_plan != nullptr) {
        ::munmap(m_plan, sizeof(wire::ProbePlan));
    }
}

} // namespace bulkhead::twin
