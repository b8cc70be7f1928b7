#pragma once

#include "core/diagram/diagram.h"
#include "core/diagram/palette.h"

#include <QString>

namespace bulkhead::models {

/// What became of the last look from inside of a subject: why there is no experienced account of it. Empty
/// where none was asked for, or there is one.
using InsideRefusal = QString;

/// What the inspector says of a selected cell, as rich text: the question, what each vantage answers, changes
/// with direction and reason, contradictions, gaps with what they need, evidence. Everything from a target is
/// escaped.
[[nodiscard]] QString cellInspectorHtml(
    const diagram::SubjectView& subject, const diagram::Row& row, const diagram::Cell& cell,
    const diagram::Palette& palette, const InsideRefusal& refusal = {});

/// What the inspector says of a selected column head: who the subject is, where it was seen, what could not
/// be read.
[[nodiscard]] QString headInspectorHtml(
    const diagram::SubjectView& subject, const diagram::Column& column, const diagram::Palette& palette,
    const InsideRefusal& refusal = {});

/// True where a fact's path belongs to a prefix of a slot: "mounts" owns `mounts["/x"].readOnly`, not
/// "mountsX".
[[nodiscard]] bool ownsPath(std::string_view prefix, std::string_view path);

} // namespace bulkhead::models
