#pragma once

#include "core/diagram/layout.h"
#include "core/diagram/palette.h"

#include <string>

namespace bulkhead::report {

/// The laid-out picture as one SVG document: the items of the layout and nothing else, foreign text escaped,
/// no script, no reference to anything outside. Its metadata carry graphHash, by which a stale export is
/// recognised on a machine with other fonts.
[[nodiscard]] std::string writeSvg(const diagram::Layout& layout, const diagram::Palette& palette);

/// 16 hexadecimal digits over what the picture says: kinds, full texts and marks in order, and no coordinate
/// (FNV-1a, 64 bits: it tells stale from fresh and withstands no forger).
[[nodiscard]] std::string graphHash(const diagram::Layout& layout);

} // namespace bulkhead::report
