#include "ui/models/syscall_ranges.h"

#include <charconv>
#include <set>

namespace bulkhead::models {

namespace {

std::optional<std::uint64_t> numberOf(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

} // namespace

std::optional<CallRange> callRange(std::string_view call) {
    if (!call.starts_with('#')) {
        return std::nullopt;
    }
    call.remove_prefix(1);
    const std::size_t dots = call.find("..");
    const auto first = numberOf(call.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : numberOf(call.substr(dots + 2));
    if (!first || !last || *last < *first) {
        return std::nullopt;
    }
    return CallRange{*first, *last};
}

std::string callRangeText(const CallRange& range) {
    std::string text = "#" + std::to_string(range.first);
    return range.first == range.last ? text : text + ".." + std::to_string(range.last);
}

std::vector<CallRange> commonRanges(const std::vector<const model::ArchVerdicts*>& accounts) {
    std::set<std::uint64_t> starts; // a run ends in front of the next start
    std::set<CallRange> all;
    for (const model::ArchVerdicts* account : accounts) {
        for (const auto& [call, verdict] : account->calls) {
            if (const auto range = callRange(call)) {
                all.insert(*range);
                starts.insert(range->first);
                starts.insert(range->last + 1);
            }
        }
    }
    std::set<CallRange> runs;
    for (const CallRange& range : all) {
        for (auto from = starts.lower_bound(range.first); from != starts.end() && *from <= range.last;) {
            const std::uint64_t first = *from++;
            runs.insert({first, from == starts.end() ? range.last : *from - 1});
        }
    }
    return {runs.begin(), runs.end()};
}

const model::SeccompVerdict& verdictOf(const model::ArchVerdicts& account, const std::string& call) {
    const auto exact = account.calls.find(call);
    if (exact != account.calls.end()) {
        return exact->second;
    }
    if (const auto range = callRange(call)) {
        for (const auto& [other, verdict] : account.calls) {
            const auto wider = callRange(other);
            if (wider && wider->first <= range->first && range->last <= wider->last) {
                return verdict;
            }
        }
    }
    return account.others;
}

} // namespace bulkhead::models
