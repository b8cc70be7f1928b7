#include "core/base/error.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <vector>

namespace bulkhead::base {
namespace {

TEST(Error, contextGoesInFront) {
    const Error error{ErrorKind::notFound, "no such process"};
    EXPECT_EQ(
        error.in("reading pid 12").in("inspect"),
        (Error{ErrorKind::notFound, "inspect: reading pid 12: no such process"}));
}

TEST(Error, failCarriesKindAndText) {
    const Result<int> result = fail(ErrorKind::malformed, "line 3: no colon");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::malformed);
    EXPECT_EQ(result.error().message, "line 3: no colon");
}

// The texts are those of errno(3) in the C locale.
TEST(Error, errnoBecomesAKindToActOn) {
    struct Case {
        int number;
        ErrorKind kind;
        std::string message;
    };
    const std::vector<Case> cases = {
        {ENOENT, ErrorKind::notFound, "/proc/12: No such file or directory"},
        {ESRCH, ErrorKind::notFound, "/proc/12: No such process"},
        {ENOTDIR, ErrorKind::notFound, "/proc/12: Not a directory"},
        {ENODEV, ErrorKind::notFound, "/proc/12: No such device"},
        {EACCES, ErrorKind::denied, "/proc/12: Permission denied"},
        {EPERM, ErrorKind::denied, "/proc/12: Operation not permitted"},
        {EROFS, ErrorKind::denied, "/proc/12: Read-only file system"},
        {ENOSYS, ErrorKind::unsupported, "/proc/12: Function not implemented"},
        {EOPNOTSUPP, ErrorKind::unsupported, "/proc/12: Operation not supported"},
        {EINTR, ErrorKind::canceled, "/proc/12: Interrupted system call"},
        {EIO, ErrorKind::io, "/proc/12: Input/output error"},
        {ENOMEM, ErrorKind::io, "/proc/12: Cannot allocate memory"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(errnoError(c.number, "/proc/12"), (Error{c.kind, c.message}));
    }
    const Status status = failErrno(EACCES, "/proc/12");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error(), (Error{ErrorKind::denied, "/proc/12: Permission denied"}));
}

TEST(Error, errnoNames) {
    EXPECT_EQ(errnoName(13), "EACCES"); // asm-generic/errno-base.h
    EXPECT_EQ(errnoName(1), "EPERM");
    EXPECT_EQ(errnoName(9999), "9999");
}

} // namespace
} // namespace bulkhead::base
