#pragma once

#include "core/model/posture.h"

#include <QString>
#include <cstdint>
#include <span>

namespace bulkhead::models {

/// What the posture table says of one fact of a subject.
struct PostureCell {
    enum class Weight {
        quiet,  ///< nothing of the host is within reach by it
        plain,  ///< a value as most containers have it
        strong, ///< authority over the host: what one scans for
    };
    QString text;
    QString toolTip;
    Weight weight = Weight::plain;
    bool gap = false;
    std::int64_t order = 0; ///< what the column sorts by, most authority last; unknown before all
    /// What a narrow column says; empty: the text.
    QString brief{}; // NOLINT(readability-redundant-member-init): may be left out
};

/// One column of the posture table behind the subject's name. What one scans for first comes first: a narrow
/// window shows the head of the list.
struct PostureColumn {
    const char* title;
    const char* brief; ///< the title of a narrow column
    const char* toolTip;
    PostureCell (*cell)(const model::Posture& posture);
};

[[nodiscard]] std::span<const PostureColumn> postureColumns();
/// How many of the columns, from the first, are facts of a snapshot; the others are the sweep's own.
inline constexpr int kPostureFacts = 9;
[[nodiscard]] QString postureTr(const char* text);

/// The name of a subject: the engine's, a long id shortened; where nothing names it the program with what
/// names it on the command line. Control characters are shown escaped.
[[nodiscard]] QString subjectTitle(const model::SubjectSummary& subject);
/// The title with what is to be known before anything is believed: inferred, in doubt.
[[nodiscard]] QString subjectLabel(const model::SubjectSummary& subject);
/// Who the subject is, a line for each thing.
[[nodiscard]] QString subjectToolTip(const model::SubjectSummary& subject);

} // namespace bulkhead::models
