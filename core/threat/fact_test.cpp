#include "core/threat/fact_test.h"

#include <algorithm>
#include <charconv>

namespace bulkhead::threat {

namespace {

using catalog::FactTest;

std::optional<std::int64_t> numberIn(std::string_view text) {
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && rest == text.data() + text.size();
    return whole && !text.empty() ? std::optional(value) : std::nullopt;
}

/// Answers one test for every kind of value.
struct Passes {
    const FactCheck& check;

    bool operator()(Absent /*none*/) const {
        return check.test == FactTest::absent || check.test == FactTest::empty ? asked() : false;
    }
    bool operator()(bool value) const {
        return check.test == FactTest::holds ? value : scalar(value ? "true" : "false");
    }
    bool operator()(std::int64_t value) const {
        switch (check.test) {
        case FactTest::is:
        case FactTest::oneOf:
            return std::ranges::find(check.numbers, value) != check.numbers.end();
        case FactTest::atLeast:
            return !check.numbers.empty() && value >= check.numbers.front();
        case FactTest::atMost:
            return !check.numbers.empty() && value <= check.numbers.front();
        default:
            return other(false);
        }
    }
    /// Settings of the kernel are texts that hold numbers.
    bool operator()(std::string_view value) const {
        if (check.test == FactTest::atLeast || check.test == FactTest::atMost) {
            const auto number = numberIn(value);
            return number && (*this)(*number);
        }
        return check.test == FactTest::startsWith ? begins(value) : scalar(value);
    }
    bool operator()(const std::vector<std::string>* list) const {
        if (check.test == FactTest::contains) {
            return std::ranges::any_of(*list, [this](const std::string& text) { return isValue(text); });
        }
        if (check.test == FactTest::outside) {
            return !std::ranges::all_of(*list, [this](const std::string& text) { return isValue(text); });
        }
        if (check.test == FactTest::startsWith) {
            return std::ranges::any_of(*list, [this](const std::string& text) { return begins(text); });
        }
        return counted(list->size());
    }
    bool operator()(const std::vector<std::uint32_t>* list) const {
        const auto has = [list](std::int64_t number) {
            return std::ranges::any_of(*list, [number](std::uint32_t id) { return id == number; });
        };
        return check.test == FactTest::contains ? std::ranges::any_of(check.numbers, has)
                                                : counted(list->size());
    }
    bool operator()(const model::CapabilitySet& set) const {
        return check.test == FactTest::contains ? !set.intersected(check.capabilities).empty()
                                                : counted(set.size());
    }
    bool operator()(const std::map<std::string, std::string>* map) const {
        const auto known = [this](const auto& entry) { return isValue(entry.first); };
        return check.test == FactTest::outside    ? !std::ranges::all_of(*map, known)
               : check.test == FactTest::contains ? std::ranges::any_of(*map, known)
                                                  : counted(map->size());
    }
    bool operator()(const model::DeviceRules* rules) const { return counted(rules->allowed.size()); }
    bool operator()(Counted list) const { return counted(list.size); }

private:
    [[nodiscard]] bool asked() const { return check.values.front() == "true"; }
    [[nodiscard]] bool isValue(std::string_view text) const {
        return std::ranges::find(check.values, text) != check.values.end();
    }
    [[nodiscard]] bool begins(std::string_view text) const {
        return std::ranges::any_of(
            check.values, [text](const std::string& value) { return text.starts_with(value); });
    }
    [[nodiscard]] bool scalar(std::string_view text) const {
        const bool compared = check.test == FactTest::is || check.test == FactTest::oneOf;
        return compared ? isValue(text) : other(text.empty());
    }
    [[nodiscard]] bool counted(std::size_t size) const {
        return check.test == FactTest::atLeast || check.test == FactTest::atMost
                   ? (*this)(static_cast<std::int64_t>(size))
                   : other(size == 0);
    }
    /// A value that is there, is not absent.
    [[nodiscard]] bool other(bool empty) const {
        return check.test == FactTest::empty ? empty == asked() : check.test == FactTest::absent && !asked();
    }
};

} // namespace

base::Result<FactCheck> FactCheck::of(const catalog::Condition& matcher) {
    FactCheck check{matcher.test, matcher.values, {}, {}};
    bool capabilities = !matcher.values.empty();
    for (const std::string& value : matcher.values) {
        if (const auto number = numberIn(value)) {
            check.numbers.push_back(*number);
        }
        if (const auto capability = model::capabilityNamed(value)) {
            check.capabilities.add(*capability);
        } else {
            capabilities = false;
        }
    }
    if (check.numbers.size() != matcher.values.size()) {
        check.numbers.clear();
    }
    check.capabilities = capabilities ? check.capabilities : model::CapabilitySet();
    const bool numeric = matcher.test == FactTest::atLeast || matcher.test == FactTest::atMost;
    if (numeric && check.numbers.empty()) {
        return base::fail(base::ErrorKind::malformed, matcher.fact + ": a whole number is expected");
    }
    return check;
}

bool FactCheck::passes(const FactValue& value) const {
    return std::visit(Passes{*this}, value);
}

} // namespace bulkhead::threat
