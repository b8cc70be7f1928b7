#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace bulkhead::base {

/// What went wrong, as far as a caller can act on it.
enum class ErrorKind {
    notFound,
    denied,
    unsupported,
    malformed,
    io,
    canceled,
};

/// A verb that could not do its job: a kind to decide by and one line of text for a person.
struct Error {
    ErrorKind kind = ErrorKind::io;
    std::string message;

    /// The same error with the activity in front: `Error{"no such process"}.in("reading pid 12")`.
    [[nodiscard]] Error in(std::string_view activity) const;

    bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, std::string message);

/// The one place where errno becomes an Error (errno(3)): `what` names the object, the text its fate.
[[nodiscard]] Error errnoError(int number, std::string_view what);
[[nodiscard]] std::unexpected<Error> failErrno(int number, std::string_view what);

/// "EACCES" for 13; the number as text where it has no name here.
[[nodiscard]] std::string errnoName(int number);

} // namespace bulkhead::base
