#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

/// One line of uid_map or gid_map (user_namespaces(7)): `length` ids from `inside` are host ids from
/// `outside`.
struct IdRange {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t length = 0;

    auto operator<=>(const IdRange&) const = default;
};

/// A user or group id map, in file order. Empty: the map was never written, every id is the overflow id.
struct IdMap {
    std::vector<IdRange> ranges;

    [[nodiscard]] std::optional<std::uint32_t> toHost(std::uint32_t inside) const;
    [[nodiscard]] std::optional<std::uint32_t> fromHost(std::uint32_t outside) const;
    [[nodiscard]] bool coversHostRoot() const { return fromHost(0).has_value(); }
    /// The identity of the initial namespace, "0 0 4294967295".
    [[nodiscard]] bool isFullIdentity() const;
    /// Host ids reachable through the map, counted.
    [[nodiscard]] std::uint64_t size() const;
    /// Every host id that this map reaches is reached by `other` too.
    [[nodiscard]] bool reachesNoMoreThan(const IdMap& other) const;
    [[nodiscard]] std::string toText() const; ///< "0 100000 65536; 65536 1000 1"

    auto operator<=>(const IdMap&) const = default;
};

} // namespace bulkhead::model
