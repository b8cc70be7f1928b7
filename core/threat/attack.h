#pragma once

#include "core/threat/hardening.h"
#include "core/threat/judge.h"
#include "core/threat/paths.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// An attack path: weaknesses that lead, one after the other, from code in the container to a resource of the
/// host. Steps are places in the findings of the attack it belongs to.
struct Path {
    std::string id; ///< of its weaknesses and the objects they are bound to: stable as long as these are
    std::vector<std::size_t> steps;
    model::AttackAuthority reaches{};
    model::AttackAuthorities alsoReaches;
    model::Truth certainty = model::Truth::yes; ///< yes: certain; unknown: possible

    bool operator==(const Path&) const = default;
};

/// A path that one weakness keeps closed: everything else that it takes is there.
struct BlockedPath {
    Path path;
    std::size_t barred = 0; ///< the finding that does not hold; its facts are what stops it
};

/// What one snapshot offers to whoever runs code in the container.
struct Attack {
    /// Of every weakness, whatever its truth. What does not hold is explained where it keeps a path closed.
    std::vector<Finding> findings;
    std::vector<Path> paths; ///< best known first: certain before possible, fewer steps, graver ends
    std::uint64_t more = 0;  ///< paths beyond these
    bool exact = true;       ///< false: and there may be more still
    std::vector<BlockedPath> blocked;
};

/// How much is looked for.
struct AttackOptions {
    bool blocked = true; ///< near misses too
    std::size_t kept = 50;
};

[[nodiscard]] Attack
attackOn(const model::Snapshot& snapshot, const Judge& judge, const AttackOptions& options = {});

/// Every weakness with its reasons, as paths take it: behind a sandbox no step is certain.
[[nodiscard]] std::vector<Finding> findingsOn(const model::Snapshot& snapshot, const Judge& judge);

/// The edges of the findings that take part in paths; `places` says which finding each is of.
[[nodiscard]] std::vector<Edge>
edgesOf(const std::vector<Finding>& findings, std::vector<std::size_t>* places = nullptr);

/// "cap-sys-module", "hostpath-etc@/host/etc".
[[nodiscard]] std::string stepName(const Finding& finding);

/// Who refuses what a fact says: "seccomp", "capabilities", "device policy", by the path of the fact.
[[nodiscard]] std::string_view componentOf(std::string_view factPath);

/// One change of a cut, with what it closes.
struct CutChange {
    Change change;
    std::vector<std::string> closes;   ///< ids of paths that it closes alone, or that stay open without it
    std::vector<std::string> together; ///< those of them that stay open with it alone
    model::Truth certainty = model::Truth::yes; ///< unknown: every path that it closes is only possible

    bool operator==(const CutChange&) const = default;
};

/// The least that closes every path that any change closes.
struct Cut {
    std::vector<CutChange> changes;
    bool proven = true;              ///< false: a bound was met, a smaller one may exist
    std::vector<std::string> beyond; ///< ids of paths that no change of the configuration closes

    bool operator==(const Cut&) const = default;
};

/// Every changed snapshot is judged anew: effects may depend on each other. With a form, only changes that it
/// has a way to say. Once it is told to stop it returns soon, with something that means nothing.
[[nodiscard]] Cut cutOf(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form = std::nullopt, const std::stop_token& stop = {});

/// Paths of `after` that `before` does not have, and the other way round, by id. A path that was possible and
/// is certain counts as opened.
struct PathChanges {
    std::vector<Path> opened;
    std::vector<Path> closed;
};
[[nodiscard]] PathChanges comparePaths(const Attack& before, const Attack& after);

} // namespace bulkhead::threat
