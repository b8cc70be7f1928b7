#include "core/kernel/mountinfo.h"

#include "core/kernel/text.h"

#include <algorithm>

namespace bulkhead::kernel {

namespace {

constexpr std::string_view kDeleted = "//deleted";

std::vector<std::string> optionsOf(std::string_view text) {
    std::vector<std::string> options;
    for (const std::string_view option : splitAt(text, ',')) {
        options.emplace_back(option);
    }
    return options;
}

bool isDevice(std::string_view text) {
    const auto pieces = splitAt(text, ':');
    return pieces.size() == 2 && numberOf<std::uint32_t>(pieces[0]) && numberOf<std::uint32_t>(pieces[1]);
}

/// A tag of the optional fields; unknown ones are to be passed over (proc(5)).
bool setTag(std::string_view tag, MountEntry& entry) {
    const auto groupOf = [&](std::string_view prefix, std::optional<std::int64_t>& group) {
        group = numberOf<std::int64_t>(tag.substr(prefix.size()));
        return group.has_value();
    };
    if (tag.starts_with("shared:")) {
        return groupOf("shared:", entry.shared);
    }
    if (tag.starts_with("master:")) {
        return groupOf("master:", entry.master);
    }
    entry.unbindable = entry.unbindable || tag == "unbindable";
    return true;
}

/// What is wrong with the line, or nothing.
std::string_view fillEntry(std::string_view line, MountEntry& entry) {
    const auto fields = splitAt(line, ' ');
    if (fields.size() < 10) {
        return "fewer than 10 fields";
    }
    const auto id = numberOf<std::int64_t>(fields[0]);
    const auto parent = numberOf<std::int64_t>(fields[1]);
    if (!id || !parent) {
        return "a mount id is no number";
    }
    if (!isDevice(fields[2])) {
        return "the device is not MAJOR:MINOR";
    }
    const auto dash = std::find(fields.begin() + 6, fields.end(), "-");
    if (fields.end() - dash < 4) {
        return "no separator before three last fields";
    }
    entry.id = *id;
    entry.parent = *parent;
    entry.device = fields[2];
    entry.root = unescapeOctal(fields[3]);
    entry.target = unescapeOctal(fields[4]);
    entry.options = optionsOf(fields[5]);
    for (auto tag = fields.begin() + 6; tag != dash; ++tag) {
        if (!setTag(*tag, entry)) {
            return "a peer group is no number";
        }
    }
    entry.fsType = unescapeOctal(dash[1]);
    entry.source = unescapeOctal(dash[2]);
    // Some file systems print spaces into their own options.
    entry.superOptions = optionsOf(line.substr(static_cast<std::size_t>(dash[3].data() - line.data())));
    if (entry.root.ends_with(kDeleted)) {
        entry.root.resize(entry.root.size() - kDeleted.size());
        entry.deleted = true;
    }
    return {};
}

} // namespace

std::string unescapeOctal(std::string_view text) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && digit(at + 1) && text[at + 1] <= '3' && digit(at + 2) && digit(at + 3)) {
            out += static_cast<char>(
                (text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
            at += 3;
        } else {
            out += text[at];
        }
    }
    return out;
}

bool MountEntry::has(std::string_view option) const {
    return std::ranges::find(options, option) != options.end();
}

bool MountEntry::readOnly() const {
    return has("ro") || std::ranges::find(superOptions, "ro") != superOptions.end();
}

std::string MountEntry::propagation() const {
    if (unbindable) {
        return "unbindable";
    }
    if (shared) {
        return master ? "shared,slave" : "shared";
    }
    return master ? "slave" : "private";
}

base::Result<std::vector<MountEntry>> parseMountinfo(std::string_view text) {
    std::vector<MountEntry> entries;
    const auto lines = linesOf(text);
    if (lines.size() > kMaxMounts) {
        return base::fail(
            base::ErrorKind::malformed, "mountinfo: more than " + std::to_string(kMaxMounts) + " mounts");
    }
    entries.reserve(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view wrong = fillEntry(lines[i], entries.emplace_back());
        if (!wrong.empty()) {
            return base::fail(
                base::ErrorKind::malformed,
                "mountinfo line " + std::to_string(i + 1) + ": " + std::string(wrong));
        }
    }
    return entries;
}

} // namespace bulkhead::kernel
