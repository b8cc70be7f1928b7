#include "core/base/error.h"

#include <cerrno>
#include <cstring>

namespace bulkhead::base {

Error Error::in(std::string_view activity) const {
    return {kind, std::string(activity) + ": " + message};
}

std::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return std::unexpected(Error{kind, std::move(message)});
}

namespace {

ErrorKind kindOfErrno(int number) {
    switch (number) {
    case ENOENT:
    case ESRCH:
    case ENOTDIR:
    case ENODEV:
        return ErrorKind::notFound;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::denied;
    case ENOSYS:
    case EOPNOTSUPP:
        return ErrorKind::unsupported;
    case EINTR:
        return ErrorKind::canceled;
    default:
        return ErrorKind::io;
    }
}

} // namespace

Error errnoError(int number, std::string_view what) {
    char buffer[128] = {};
    const char* text = strerror_r(number, buffer, sizeof buffer);
    return {kindOfErrno(number), std::string(what) + ": " + text};
}

std::unexpected<Error> failErrno(int number, std::string_view what) {
    return std::unexpected(errnoError(number, what));
}

std::string errnoName(int number) {
    const char* name = strerrorname_np(number);
    return name != nullptr ? name : std::to_string(number);
}

} // namespace bulkhead::base
