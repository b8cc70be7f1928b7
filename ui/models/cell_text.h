#pragma once

#include "core/model/fact.h"

#include <QString>
#include <QStringList>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::models {

/// Roles beside Qt's own that the tables share.
enum TableRole {
    sortKeyRole = Qt::UserRole + 1, ///< what a column sorts by
    identityRole,                   ///< what two cells have in common; empty where nothing
    badgeRole,                      ///< letter in front of a cell; cells with the same one belong together
    tintRole,                       ///< number of the tint that goes with the letter; 0 is the host's
    gapRole,                        ///< true: could not be read, drawn hatched
    struckRole,                     ///< true: struck through, it is there and cannot be reached
    mutedRole,                      ///< true: says nothing new, drawn quietly
    markRole,                       ///< a diagram::Mark: which way the cell moves authority
    monoRole,                       ///< true: in the mono face, for columns of code
    briefRole,                      ///< what a narrow column says in place of the text; unset: the text, cut
    differsRole,                    ///< of a row's first cell: true where its columns differ
    wholeRole,                      ///< the row in full, a line for each thing; said below the table
};

[[nodiscard]] QString toQString(std::string_view text);
[[nodiscard]] QString joined(const std::vector<std::string>& parts);

/// "not readable: EACCES, needs CAP_SYS_PTRACE".
[[nodiscard]] QString gapText(const model::Unreadable& why);

/// A fact in a table: its value by `show`, "?" where it cannot be read, "" where the vantage does not state
/// it.
template <class T, class Show>
[[nodiscard]] QString factText(const model::Fact<T>& fact, Show&& show) {
    if (fact.known()) {
        return show(fact.value());
    }
    return fact.unreadable() ? QStringLiteral("?") : QString();
}

/// Why a cell says "?"; empty where it does not.
template <class T>
[[nodiscard]] QString gapToolTip(const model::Fact<T>& fact) {
    return fact.unreadable() ? gapText(fact.gap()) : QString();
}

} // namespace bulkhead::models
