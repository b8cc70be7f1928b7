#pragma once

#include <QList>
#include <QRect>
#include <QSize>

namespace bulkhead::main_window {

/// What the window asks for on a screen that has the room: eight columns beside both docks.
inline constexpr QSize kWantedSize{1600, 1000};

/// The size of the first start: the wanted one, as far as the screen and the frame around the window let it.
[[nodiscard]] QSize firstSize(const QRect& available);

/// A remembered rectangle on the screens that are there now: moved onto the one that shows most of it, and
/// made to fit. `available` are the screens without their panels, the primary one first.
[[nodiscard]] QRect placeOnScreens(const QRect& remembered, const QList<QRect>& available);

} // namespace bulkhead::main_window
