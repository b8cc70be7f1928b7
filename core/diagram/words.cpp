#include "core/diagram/words.h"

namespace bulkhead::diagram {

using compare::Direction;

Mark markOf(Direction direction) {
    switch (direction) {
    case Direction::weaker:
        return Mark::weaker;
    case Direction::stronger:
        return Mark::stronger;
    case Direction::neutral:
        return Mark::neutral;
    case Direction::incomparable:
        return Mark::incomparable;
    case Direction::unknown:
        break;
    }
    return Mark::unknown;
}

std::string_view glyphOf(Mark mark) {
    switch (mark) {
    case Mark::weaker:
        return "▼";
    case Mark::stronger:
        return "▲";
    case Mark::neutral:
        return "◆";
    case Mark::incomparable:
    case Mark::unknown:
        return "◇";
    default:
        return "";
    }
}

std::string_view wordOf(Mark mark) {
    switch (mark) {
    case Mark::weaker:
        return "weaker";
    case Mark::stronger:
        return "stronger";
    case Mark::neutral:
        return "neutral";
    case Mark::incomparable:
        return "incomparable";
    case Mark::unknown:
        return "unknown";
    default:
        return "";
    }
}

std::string_view contradictionWord(Direction direction) {
    switch (direction) {
    case Direction::weaker:
        return "got more than asked";
    case Direction::stronger:
        return "got less than asked";
    case Direction::neutral:
    case Direction::incomparable:
        return "got other than asked";
    case Direction::unknown:
        break;
    }
    return "cannot be compared";
}

std::string leafOf(std::string_view path) {
    const auto open = path.find("[\"");
    if (open != std::string_view::npos) {
        return std::string(path.substr(open + 2, path.find("\"]", open) - open - 2));
    }
    const std::string_view leaf = path.substr(path.rfind('.') + 1);
    return std::string(leaf.starts_with("CAP_") ? leaf.substr(4) : leaf);
}

bool isBroughtFromHost(const model::Mount& mount) {
    using model::MountKind;
    return mount.visible && (mount.kind == MountKind::bind || mount.kind == MountKind::volume ||
                             mount.kind == MountKind::socket);
}

} // namespace bulkhead::diagram
