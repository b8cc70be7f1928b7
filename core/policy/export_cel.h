#pragma once

#include "core/policy/export.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy {

[[nodiscard]] std::string negated(const std::string& expression);

/// `has(a.b) && has(a.b.c) && a.b.c` for the field path below a variable: no field may be taken for granted.
[[nodiscard]] std::string
guarded(std::string_view variable, std::string_view path, std::string_view comparison);

/// A text of CEL: what a policy says cannot leave it.
[[nodiscard]] std::string celText(std::string_view text);

[[nodiscard]] std::string listOf(const std::vector<std::string>& values);

/// A matcher that is a truth value in the Pod, and the test it is held against.
[[nodiscard]] Said truthMatcher(const catalog::Condition& condition, const std::string& whenTrue);

/// A combination by `speak`, which says its parts; a negation turns what denies.
[[nodiscard]] Said
combined(const catalog::Condition& condition, bool yesDenies, Said (*speak)(const catalog::Condition&, bool));

/// A mount that brings an engine's socket: it, what lies above, or one of that name anywhere but in the trees
/// of the kernel.
[[nodiscard]] std::string bringsSocket(bool yesDenies);

/// A binding to a mount of the container `c`.
[[nodiscard]] Said boundInCel(const catalog::Condition& condition, bool yesDenies);

} // namespace bulkhead::policy
