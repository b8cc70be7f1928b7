#pragma once

#include "core/diagram/palette.h"

#include <QString>
#include <string_view>

namespace bulkhead::models {

// The words of the inspector as rich text. Whatever comes from a target passes through escaped().

/// Entries of one list; the tables show the rest.
inline constexpr std::size_t kMostLines = 40;

[[nodiscard]] QString inspectorTr(const char* text);
[[nodiscard]] QString escaped(std::string_view raw);
[[nodiscard]] QString hex(const diagram::Colour& colour);
[[nodiscard]] QString heading(const QString& text);
[[nodiscard]] QString mutedHtml(const QString& escapedText);
/// Name of the image of a gap's hatching among the resources of the document that shows these words.
inline constexpr const char* kHatchImage = "bulkhead:hatch";
/// The hatched cell of a table that stands before what could not be read.
[[nodiscard]] QString hatchedCell();
/// A path of a fact, in the mono face.
[[nodiscard]] QString pathHtml(std::string_view path);
/// "and 12 more" where `count` entries are more than a list shows; else empty.
[[nodiscard]] QString moreHtml(std::size_t count);

/// A list with a bound, since a hostile document may hold thousands of entries.
template <class Entries, class Show>
[[nodiscard]] QString listHtml(const Entries& entries, Show&& show) {
    QString out;
    std::size_t shown = 0;
    for (const auto& entry : entries) {
        if (shown++ == kMostLines) {
            break;
        }
        out += QStringLiteral("<p>%1</p>").arg(show(entry));
    }
    return out + moreHtml(entries.size());
}

} // namespace bulkhead::models
