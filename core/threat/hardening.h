#pragma once

#include "core/claims/edit.h"
#include "core/model/snapshot.h"
#include "core/seccomp/profile.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// What an engine gives to a container that asks for nothing: what changes fall back to. The profile says
/// which calls its filter leaves to those who hold a capability. Either may be missing; changes that need it
/// are not offered then.
struct Ordinary {
    const model::Snapshot* container = nullptr;
    const seccomp::Profile* filter = nullptr;
    /// In which a change is written: some choose themselves what others are told. Set by harden.
    std::optional<claims::ConfigForm> form = std::nullopt;
};

/// A way to make a boundary stronger: a row of the one table of them.
struct Hardening {
    claims::ChangeKind kind{};
    std::string_view id;
    std::string_view title; ///< "{}" is the object
    /// Of function, for whoever runs the subject: 1 hardly anything misses it, 6 the workload was given it to
    /// work with.
    int (*loss)(std::string_view object);
    /// What it can be applied to; one empty text where it has no object, none where it would change nothing.
    std::vector<std::string> (*objects)(const model::Snapshot& snapshot, const Ordinary& ordinary);
    void (*apply)(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
    std::string_view path; ///< the fact that it changes; "{}" is the object
    /// In the words of each form, by ConfigForm; "{}" is the object, "{short}" a capability without CAP_.
    /// Empty where the form has no way to say it; of some kinds in a table by object (hardening_words.cpp).
    std::array<std::string_view, claims::kConfigForms> words;
};

/// In the order in which changes are applied: what a later one does may depend on an earlier.
[[nodiscard]] std::span<const Hardening> hardenings();

/// A row applied to one object.
struct Change {
    const Hardening* row = nullptr;
    std::string object;

    bool operator==(const Change&) const = default;
};

/// Every change that would make this boundary stronger, in the order in which they are applied. With a form,
/// only what it has a way to say.
[[nodiscard]] std::vector<Change> changesFor(
    const model::Snapshot& snapshot, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form = std::nullopt);

/// Makes the snapshot what it would be with the changes. In some forms privileged mode overrules others, and
/// a user namespace is refused beside other namespaces of the host: those have no effect then.
void harden(
    model::Snapshot& snapshot, std::span<const Change> changes, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form = std::nullopt);
/// Undoes changes: copies what any change touches, into the memory that is there.
void restoreChanged(model::Snapshot& changed, const model::Snapshot& before);
[[nodiscard]] model::Snapshot hardened(
    model::Snapshot snapshot, std::span<const Change> changes, const Ordinary& ordinary,
    std::optional<claims::ConfigForm> form = std::nullopt);

[[nodiscard]] std::string titleOf(const Change& change);
[[nodiscard]] std::string factPathOf(const Change& change);
/// "cap_drop: [SYS_ADMIN]", "--cap-drop SYS_ADMIN".
[[nodiscard]] std::string wordsOf(const Change& change, claims::ConfigForm form);
[[nodiscard]] claims::ChangeAsk askOf(const Change& change);

} // namespace bulkhead::threat
