#include "tests/core/seccomp/kernel_check.h"

#include <cerrno>
#include <cstdint>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::seccomp {

namespace {
constexpr int kRefused = 77;
constexpr int kNoWord = 78;
} // namespace

KernelWord askKernel(std::string bytes) {
    if (bytes.size() / 8 > UINT16_MAX) { // struct sock_fprog cannot even say it
        return KernelWord::refused;
    }
    const sock_fprog program{
        static_cast<unsigned short>(bytes.size() / 8), reinterpret_cast<sock_filter*>(bytes.data())};
    const pid_t child = fork();
    if (child == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
            _exit(kNoWord);
        }
        // The filter may kill the child or refuse its exit: any other end than these two means installed.
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
            _exit(errno == EINVAL ? kRefused : kNoWord);
        }
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return KernelWord::none;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoWord) {
        return KernelWord::none;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == kRefused ? KernelWord::refused : KernelWord::installed;
}

} // namespace bulkhead::seccomp
