#include "ui/main_window/window_place.h"

#include <algorithm>

namespace bulkhead::main_window {

namespace {

// What a desktop draws around a window is known only once it is shown: room for a title bar of the larger
// kind.
constexpr int kFrameWidth = 2;
constexpr int kTitleHeight = 40;

QRect withoutFrame(const QRect& available) {
    return available.adjusted(kFrameWidth, kTitleHeight, -kFrameWidth, -kFrameWidth);
}

int areaOf(const QRect& rect) {
    return rect.isEmpty() ? 0 : rect.width() * rect.height();
}

} // namespace

QSize firstSize(const QRect& available) {
    const QSize room = withoutFrame(available).size();
    return room.isEmpty() ? kWantedSize : kWantedSize.boundedTo(room);
}

QRect placeOnScreens(const QRect& remembered, const QList<QRect>& available) {
    const auto best =
        std::max_element(available.begin(), available.end(), [&](const QRect& one, const QRect& other) {
            return areaOf(one.intersected(remembered)) < areaOf(other.intersected(remembered));
        });
    if (best == available.end() || best->contains(remembered)) {
        return remembered;
    }
    const QRect room = withoutFrame(*best);
    QRect place(remembered.topLeft(), remembered.size().boundedTo(room.size()));
    place.moveLeft(std::clamp(place.left(), room.left(), room.right() - place.width() + 1));
    place.moveTop(std::clamp(place.top(), room.top(), room.bottom() - place.height() + 1));
    return place;
}

} // namespace bulkhead::main_window
