#include "core/model/id_map.h"

#include <algorithm>

namespace bulkhead::model {

namespace {

std::uint64_t endOf(std::uint32_t first, std::uint32_t length) {
    return std::uint64_t{first} + length;
}

/// The ranges of host ids, sorted and merged where they touch.
std::vector<std::pair<std::uint64_t, std::uint64_t>> hostSpans(const IdMap& map) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
    spans.reserve(map.ranges.size());
    for (const IdRange& range : map.ranges) {
        spans.emplace_back(range.outside, endOf(range.outside, range.length));
    }
    std::ranges::sort(spans);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> merged;
    for (const auto& span : spans) {
        if (!merged.empty() && span.first <= merged.back().second) {
            merged.back().second = std::max(merged.back().second, span.second);
        } else {
            merged.push_back(span);
        }
    }
    return merged;
}

} // namespace

std::optional<std::uint32_t> IdMap::toHost(std::uint32_t inside) const {
    for (const IdRange& range : ranges) {
        if (inside >= range.inside && inside < endOf(range.inside, range.length)) {
            return range.outside + (inside - range.inside);
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> IdMap::fromHost(std::uint32_t outside) const {
    for (const IdRange& range : ranges) {
        if (outside >= range.outside && outside < endOf(range.outside, range.length)) {
            return range.inside + (outside - range.outside);
        }
    }
    return std::nullopt;
}

bool IdMap::isFullIdentity() const {
    return ranges.size() == 1 && ranges.front() == IdRange{0, 0, 4294967295U};
}

std::uint64_t IdMap::size() const {
    std::uint64_t total = 0;
    for (const auto& [first, end] : hostSpans(*this)) {
        total += end - first;
    }
    return total;
}

bool IdMap::reachesNoMoreThan(const IdMap& other) const {
    const auto theirs = hostSpans(other);
    return std::ranges::all_of(hostSpans(*this), [&](const auto& mine) {
        return std::ranges::any_of(
            theirs, [&](const auto& span) { return span.first <= mine.first && mine.second <= span.second; });
    });
}

std::string IdMap::toText() const {
    std::string out;
    for (const IdRange& range : ranges) {
        out += out.empty() ? "" : "; ";
        out += std::to_string(range.inside) + " " + std::to_string(range.outside) + " " +
               std::to_string(range.length);
    }
    return out;
}

} // namespace bulkhead::model
