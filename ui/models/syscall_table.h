#pragma once

#include "core/diagram/diagram.h"

#include <QStringList>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::models {

/// What becomes of one call (or a run of numbers) in one subject.
struct SyscallCell {
    enum class State {
        verdict,
        notRun,   ///< the kernel does not run this ABI; the verdict is what the filter would say
        unread,   ///< the filters could not be read
        unstated, ///< this vantage says nothing, or not of this ABI
    } state = State::unstated;
    model::SeccompVerdict verdict;
    model::Unreadable why; ///< of `unread`
    diagram::Mark mark = diagram::Mark::value;
};

/// One row: a call of an ABI, or every call that nobody lists.
struct SyscallRow {
    std::string abi;
    std::string call; ///< "mount", "#512..600"; empty: all others
    std::vector<SyscallCell> cells;
    bool differs = false; ///< some subject whose answer is known answers another thing than the baseline
};

/// What is asked of the table.
struct SyscallRequest {
    model::Vantage vantage = model::Vantage::enforced;
    std::size_t baseline = 0;
    std::optional<std::string> abi; ///< nullopt: all
};

/// The ABIs that some subject's account names, the one with most calls first.
[[nodiscard]] std::vector<std::string>
syscallAbis(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage);

/// A row for each call that some subject's filters treat apart, one for all others of each ABI.
[[nodiscard]] std::vector<SyscallRow>
syscallRows(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request);

/// What holds for whole columns: ABIs that the kernel does not run, entries that filters forgot, filters that
/// could not be read and what would make them known.
[[nodiscard]] QStringList
syscallNotes(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request);

} // namespace bulkhead::models
