#pragma once

#include "core/model/snapshot.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/program.h"

#include <QString>
#include <cstdint>
#include <optional>
#include <string>

namespace bulkhead::models {

/// The filter programs of a subject, oldest first, or why there are none to show.
struct FilterStack {
    seccomp::Stack programs;
    QString why;      ///< empty where there are programs
    bool gap = false; ///< there are filters, and their programs are not known
};

/// nullptr: the subject has no snapshot of the vantage.
[[nodiscard]] FilterStack filterStackOf(const model::Snapshot* snapshot);

/// A call that is followed through filters: a row of the system-call table.
struct FollowedCall {
    const seccomp::Arch* arch = nullptr;
    std::uint32_t number = 0;
    QString name;           ///< "clone", "#512..600", "all others"
    bool oneOfMany = false; ///< the number stands for others that the row covers
    QString verdict;        ///< of the whole stack, in words; empty where it is not known
};

/// The row of an ABI and a call (empty: all others) in one subject's account. Nothing for an ABI or a name
/// that has no number.
[[nodiscard]] std::optional<FollowedCall>
followedCall(const model::Seccomp& seccomp, const std::string& abi, const std::string& call);

} // namespace bulkhead::models
