#include "core/kernel/sweep_parse.h"

#include "core/kernel/cgroup_file.h"
#include "core/kernel/mountinfo.h"
#include "core/kernel/text.h"

#include <algorithm>

namespace bulkhead::kernel {

namespace {

/// Cuts the first word off a text.
std::string_view nextWord(std::string_view& text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) {
        text = {};
        return {};
    }
    const auto end = text.find_first_of(" \t\n", first);
    const std::string_view word = text.substr(first, end - first);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    return word;
}

std::string_view nextLine(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return line;
}

void takeInnerPids(std::string_view columns, SweptProcess& process) {
    std::uint32_t depth = 0;
    for (std::string_view word = nextWord(columns); !word.empty(); word = nextWord(columns)) {
        ++depth;
        process.innerPid = numberOf<std::int64_t>(word).value_or(0);
    }
    process.depth = std::max(depth, 1U);
}

} // namespace

std::optional<SweptStat> parseSweptStat(std::string_view text) {
    // the name may hold anything, parentheses too: fields count from the last one
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    SweptStat stat;
    stat.command = text.substr(open + 1, close - open - 1);
    std::string_view rest = text.substr(close + 1);
    const std::string_view state = nextWord(rest);
    const auto parent = numberOf<std::int64_t>(nextWord(rest));
    for (int field = 5; field < 9; ++field) {
        nextWord(rest);
    }
    const auto flags = numberOf<std::uint64_t>(nextWord(rest));
    for (int field = 10; field < 20; ++field) {
        nextWord(rest);
    }
    const auto threads = numberOf<std::uint32_t>(nextWord(rest));
    nextWord(rest); // itrealvalue
    const auto start = numberOf<std::uint64_t>(nextWord(rest));
    if (state.size() != 1 || !parent || !flags || !threads || !start) {
        return std::nullopt;
    }
    stat.state = state[0];
    stat.parent = *parent;
    stat.kernelThread = (*flags & 0x00200000U) != 0;
    stat.threads = *threads;
    stat.startTime = *start;
    return stat;
}

void takeSweptStatus(std::string_view text, SweptProcess& process) {
    while (!text.empty()) {
        std::string_view line = nextLine(text);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const std::string_view key = line.substr(0, colon);
        std::string_view value = line.substr(colon + 1);
        if (key == "Uid") {
            nextWord(value);
            process.uid = numberOf<std::uint32_t>(nextWord(value)).value_or(0);
        } else if (key == "NSpid") {
            takeInnerPids(value, process);
        } else if (key == "CapEff") {
            process.capabilities = numberOf<std::uint64_t>(nextWord(value), 16).value_or(0);
        } else if (key == "NoNewPrivs") {
            process.noNewPrivileges = nextWord(value) == "1";
        } else if (key == "Seccomp") {
            process.seccomp = numberOf<int>(nextWord(value)).value_or(0);
        }
    }
}

std::uint64_t inodeOf(std::string_view link) {
    const auto open = link.find(":[");
    const auto close = link.find(']', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return 0;
    }
    return numberOf<std::uint64_t>(link.substr(open + 2, close - open - 2)).value_or(0);
}

SweptMounts parseSweptMounts(std::string_view mountinfo, const SweptMounts* hostRoot) {
    SweptMounts mounts;
    while (!mountinfo.empty()) {
        std::string_view line = nextLine(mountinfo);
        ++mounts.count;
        nextWord(line);
        nextWord(line);
        const std::string_view device = nextWord(line);
        const std::string_view within = nextWord(line);
        if (nextWord(line) != "/") {
            continue;
        }
        const auto dash = line.find(" - ");
        std::string_view type = dash == std::string_view::npos ? "" : line.substr(dash + 3);
        mounts.rootDevice = device; // the last one mounted at / is what a path walk reaches
        mounts.rootWithin = unescapeOctal(within);
        mounts.rootType = nextWord(type);
    }
    mounts.ownRoot = hostRoot != nullptr &&
                     (mounts.rootDevice != hostRoot->rootDevice || mounts.rootWithin != hostRoot->rootWithin);
    return mounts;
}

SweptCgroup parseSweptCgroup(std::string_view text) {
    SweptCgroup cgroup;
    cgroup.text = text;
    const auto places = parseCgroupFile(text);
    if (!places) {
        return cgroup;
    }
    cgroup.path = pathOf(*places);
    for (const CgroupPlace& place : *places) {
        auto origins = originsOf(place.path);
        if (origins.empty()) {
            continue;
        }
        // one hierarchy may lead further into a nested container than another, never to a different one
        const std::size_t common = std::min(origins.size(), cgroup.origins.size());
        if (!std::equal(origins.begin(), origins.begin() + std::ptrdiff_t(common), cgroup.origins.begin())) {
            cgroup.contradictory = true;
        } else if (origins.size() > cgroup.origins.size()) {
            cgroup.origins = std::move(origins);
            cgroup.path = place.path;
        }
    }
    cgroup.unit = unitOf(cgroup.path);
    for (const CgroupPlace& place : *places) {
        cgroup.unit = cgroup.unit.empty() ? unitOf(place.path) : cgroup.unit;
    }
    return cgroup;
}

} // namespace bulkhead::kernel
