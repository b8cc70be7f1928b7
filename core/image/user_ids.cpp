#include "core/image/read_image.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bulkhead::image {

namespace {

std::optional<std::uint32_t> numberOf(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                     : std::nullopt;
}

constexpr std::size_t kFields = 7;
using Line = std::array<std::string_view, kFields>;

/// The lines of passwd(5) or group(5), their fields apart.
std::vector<Line> linesOf(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view rest = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        Line line;
        for (std::string_view& field : line) {
            const auto colon = std::min(rest.find(':'), rest.size());
            field = rest.substr(0, colon);
            rest.remove_prefix(std::min(colon + 1, rest.size()));
        }
        lines.push_back(line);
    }
    return lines;
}

/// The first line that carries the name or the number, as engines take it.
const Line* lineOf(const std::vector<Line>& lines, std::string_view word) {
    const auto found = std::ranges::find_if(
        lines, [&](const Line& line) { return !word.empty() && (line[0] == word || line[2] == word); });
    return found == lines.end() ? nullptr : &*found;
}

bool names(std::string_view members, std::string_view user) {
    while (!members.empty()) {
        const auto end = std::min(members.find(','), members.size());
        if (members.substr(0, end) == user) {
            return true;
        }
        members.remove_prefix(std::min(end + 1, members.size()));
    }
    return false;
}

} // namespace

std::optional<UserIds> idsOf(std::string_view user, const Contents& contents) {
    const auto colon = std::min(user.find(':'), user.size());
    const std::string_view name = user.empty() || colon == 0 ? "0" : user.substr(0, colon);
    const std::string_view group = user.substr(std::min(colon + 1, user.size()));
    const auto users = linesOf(contents.passwd);
    const auto groups = linesOf(contents.group);
    const Line* who = lineOf(users, name);
    const auto uid = who != nullptr   ? numberOf((*who)[2])
                     : name == "root" ? std::optional(0U)
                                      : numberOf(name);
    if (!uid) {
        return std::nullopt;
    }
    UserIds out{*uid, who != nullptr ? numberOf((*who)[3]).value_or(0) : 0, {}};
    if (!group.empty()) {
        const Line* which = lineOf(groups, group);
        const auto gid = which != nullptr  ? numberOf((*which)[2])
                         : group == "root" ? std::optional(0U)
                                           : numberOf(group);
        if (!gid) {
            return std::nullopt;
        }
        out.gid = *gid;
        return out; // who names a group gets no others
    }
    for (const Line& line : groups) {
        const auto gid = numberOf(line[2]);
        if (who != nullptr && gid && names(line[3], (*who)[0])) {
            out.groups.push_back(*gid);
        }
    }
    std::ranges::sort(out.groups);
    out.groups.erase(std::ranges::unique(out.groups).begin(), out.groups.end());
    return out;
}

} // namespace bulkhead::image
