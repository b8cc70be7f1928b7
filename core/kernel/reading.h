#pragma once

#include "core/base/error.h"
#include "core/model/fact.h"

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace bulkhead::kernel {

/// Why a read of the machine gave nothing: the gap that stands in a snapshot, and the errno behind it (0
/// where the content was at fault).
struct Failure {
    int number = 0;
    model::Unreadable why;
};

/// What a read of the machine gives: a value, or the gap in its place.
template <class T>
using Reading = std::expected<T, Failure>;

/// What ptrace(2) calls PTRACE_MODE_READ_FSCREDS; it guards ns/*, root, exe of other users' processes.
inline constexpr std::string_view kNeedsPtrace = "CAP_SYS_PTRACE in the container's user namespace";

/// "ns/net: EACCES"; the need only where permission was refused (EACCES, EPERM).
[[nodiscard]] Failure failureOf(int number, std::string_view name, std::string_view needs = "");

/// The gap for content that is not what proc(5) describes.
[[nodiscard]] Failure failureOf(const base::Error& error);

[[nodiscard]] inline model::Evidence observed(std::string source) {
    return {model::EvidenceKind::observed, std::move(source), "", 0};
}
[[nodiscard]] inline model::Evidence inferred(std::string source) {
    return {model::EvidenceKind::inferred, std::move(source), "", 0};
}

template <class T>
[[nodiscard]] model::Fact<T> factOf(Reading<T> reading, std::string source) {
    if (!reading) {
        return reading.error().why;
    }
    return {std::move(*reading), observed(std::move(source))};
}

/// Parses what was read; a parser's error becomes the gap.
template <class Parse>
[[nodiscard]] auto parsed(const Reading<std::string>& text, const Parse& parse)
    -> Reading<typename decltype(parse(std::string_view()))::value_type> {
    if (!text) {
        return std::unexpected(text.error());
    }
    auto value = parse(std::string_view(*text));
    if (!value) {
        return std::unexpected(failureOf(value.error()));
    }
    return std::move(*value);
}

} // namespace bulkhead::kernel
