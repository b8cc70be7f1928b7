#include "core/compare/comparer.h"

#include <limits>

namespace bulkhead::compare {

using model::DeviceRules;
using model::Limit;
using model::ResourceLimit;

namespace {

using Bound = std::optional<std::uint64_t>;

std::uint64_t orderOf(const Bound& bound) {
    return bound.value_or(std::numeric_limits<std::uint64_t>::max());
}

std::string textOf(const Bound& bound) {
    return bound ? std::to_string(*bound) : "unlimited";
}

void addBound(const Comparison& to, const std::string& path, const Bound& before, const Bound& after) {
    if (before == after) {
        return;
    }
    const bool lower = orderOf(after) < orderOf(before);
    to.add(
        path, textOf(before), textOf(after), lower ? Direction::stronger : Direction::weaker,
        lower ? "the limit is lower" : "the limit is higher");
}

Value valueOf(const DeviceRules& rules) {
    if (rules.allowsAll()) {
        return std::string("every device");
    }
    return rules.lines();
}

} // namespace

void compareValue(const Comparison& to, const std::string& path, const Sides<const Limit&>& limits) {
    addBound(to, path, limits.baseline.value, limits.candidate.value);
}

void compareValue(const Comparison& to, const std::string& path, const Sides<const ResourceLimit&>& limits) {
    addBound(to, path + ".soft", limits.baseline.soft, limits.candidate.soft);
    addBound(to, path + ".hard", limits.baseline.hard, limits.candidate.hard);
}

void compareValue(const Comparison& to, const std::string& path, const Sides<const DeviceRules&>& rules) {
    const bool fewer = rules.candidate.permitsNoMoreThan(rules.baseline);
    const bool more = rules.baseline.permitsNoMoreThan(rules.candidate);
    if (fewer && more) {
        return;
    }
    const Direction direction = fewer  ? Direction::stronger
                                : more ? Direction::weaker
                                       : Direction::incomparable;
    std::string reason = "each permits devices that the other refuses";
    if (more && rules.candidate.allowsAll()) {
        reason = "every device may be opened; no policy is in force";
    } else if (more) {
        reason = "more devices may be opened";
    } else if (fewer) {
        reason = "fewer devices may be opened";
    }
    to.add(path, valueOf(rules.baseline), valueOf(rules.candidate), direction, std::move(reason));
}

} // namespace bulkhead::compare
