#include "core/threat/host_paths.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace bulkhead::threat {

using model::Truth;

namespace {

/// The names of a path, up to as many as any pattern has.
struct Names {
    std::array<std::string_view, 24> first;
    std::size_t count = 0;

    [[nodiscard]] std::string_view at(std::size_t place) const {
        return place < std::min(count, first.size()) ? first.at(place) : std::string_view();
    }

    void dropFirst(std::size_t some) {
        std::shift_left(first.begin(), first.end(), static_cast<std::ptrdiff_t>(some));
        count -= some;
    }
};

Names namesOf(std::string_view path) {
    Names out;
    while (!path.empty()) {
        const auto slash = path.find('/');
        if (const std::string_view name = path.substr(0, slash); !name.empty() && name != ".") {
            if (out.count < out.first.size()) {
                out.first.at(out.count) = name;
            }
            ++out.count;
        }
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    return out;
}

bool isProcess(std::string_view name) {
    return name == "self" || name == "thread-self" ||
           (!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos);
}

/// Without what leads to the same place on every host. Whoever mounts is outside of every container, and so
/// is the root of the processes of a document.
Names followed(std::string_view hostPath) {
    Names names = namesOf(hostPath);
    while (names.at(0) == "proc" && isProcess(names.at(1)) && names.at(2) == "root") {
        names.dropFirst(3);
    }
    if (names.at(0) == "var" && names.at(1) == "run") {
        names.dropFirst(1);
    }
    return names;
}

Truth shows(const Names& names, const HostPathPattern& wanted) {
    const std::size_t common = std::min(wanted.names.size(), names.count);
    for (std::size_t i = 0; i < common; ++i) {
        if (wanted.names[i] != "*" && wanted.names[i] != names.at(i)) {
            return Truth::no;
        }
    }
    if (names.count == wanted.names.size()) {
        return Truth::yes;
    }
    if (names.count > wanted.names.size()) {
        return wanted.below ? Truth::yes : Truth::no;
    }
    return names.count == 0 ? Truth::no : wanted.mayLack ? Truth::unknown : Truth::yes;
}

} // namespace

HostPathPattern parseHostPathPattern(std::string_view text) {
    HostPathPattern out;
    out.text = text;
    if (text.starts_with('?')) {
        out.mayLack = true;
        text.remove_prefix(1);
    }
    out.below = text.size() > 1 && text.ends_with('/');
    const Names names = followed(text);
    for (std::size_t i = 0; i < names.count; ++i) {
        out.names.emplace_back(names.at(i));
    }
    return out;
}

bool sameHostPath(std::string_view one, std::string_view other) {
    const Names first = followed(one);
    const Names second = followed(other);
    if (first.count != second.count || first.count > first.first.size()) {
        return first.count == second.count && one == other; // deeper than is kept
    }
    return std::ranges::equal(
        std::span(first.first).first(first.count), std::span(second.first).first(second.count));
}

Truth showsHostPath(std::string_view hostPath, const std::vector<HostPathPattern>& wanted) {
    const Names names = followed(hostPath);
    Truth out = Truth::no;
    for (const HostPathPattern& one : wanted) {
        out = model::either(out, shows(names, one));
        if (out == Truth::yes) {
            break;
        }
    }
    return out;
}

} // namespace bulkhead::threat
