#include "core/compare/compare.h"

#include "core/compare/comparer.h"

#include <cassert>
#include <concepts>
#include <type_traits>

namespace bulkhead::compare {

namespace {

using model::Compare;
using model::Fact;
using model::Order;

template <class T>
concept WithOwnOrder = requires(const Comparison& to, const std::string& path, const Sides<const T&>& sides) {
    compareValue(to, path, sides);
};

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool>;

/// Walks two values of one type along their tables; a row marked identity or host is passed over.
class Walk {
public:
    explicit Walk(const Comparison& to) : m_to(to) {}

    template <class T>
    void facts(const std::string& path, const Fact<T>& before, const Fact<T>& after, Order order) const {
        if (before.unstated() || after.unstated()) {
            return;
        }
        if (before.known() && after.known()) {
            values(path, before.value(), after.value(), order);
        } else if (before.known() || after.known()) {
            addUnreadable<T>(path, before, after);
        }
    }

    /// One side could not be read. A filter that was not read against no filter at all is known to differ,
    /// only not by how much: incomparable.
    template <class T>
    void addUnreadable(const std::string& path, const Fact<T>& before, const Fact<T>& after) const {
        if constexpr (std::same_as<T, std::map<std::string, model::ArchVerdicts>>) {
            compareWithUnread(m_to, path, before.known() ? before.value() : after.value(), before.known());
        } else {
            compare::addUnreadable(
                m_to, path, before.known() ? nullptr : &before.gap(), after.known() ? nullptr : &after.gap());
        }
    }

    template <class T>
    void values(const std::string& path, const Fact<T>& before, const Fact<T>& after, Order order) const {
        facts(path, before, after, order);
    }

    template <class T>
    void values(
        const std::string& path, const std::optional<T>& before, const std::optional<T>& after,
        Order order) const {
        if (before && after) {
            values(path, *before, *after, order);
        }
    }

    template <class Key, class T>
    void values(
        const std::string& path, const std::map<Key, T>& before, const std::map<Key, T>& after,
        Order order) const {
        if constexpr (std::same_as<T, std::string>) {
            compareMembers(
                m_to, path, Sides<std::vector<std::string>>{settings(before), settings(after)}, order);
        } else if constexpr (WithOwnOrder<std::map<Key, T>>) {
            compareValue(m_to, path, Sides<const std::map<Key, T>&>{before, after});
        } else {
            for (const auto& [key, entry] : before) {
                if (const auto other = after.find(key); other != after.end()) {
                    values(model::pathToEntry(path, key), entry, other->second, order);
                }
            }
        }
    }

    template <class T>
    void values(const std::string& path, const T& before, const T& after, Order order) const {
        if constexpr (WithOwnOrder<T>) {
            compareValue(m_to, path, Sides<const T&>{before, after});
        } else if constexpr (model::Tabled<T>) {
            tables(path, before, after);
        } else if constexpr (std::same_as<T, bool>) {
            compareOrdered(m_to, path, Sides<bool>{before, after}, order);
        } else if constexpr (Number<T>) {
            compareOrdered(
                m_to, path,
                Sides<std::int64_t>{static_cast<std::int64_t>(before), static_cast<std::int64_t>(after)},
                order);
        } else if constexpr (model::Named<T>) {
            compareOrdered(
                m_to, path,
                Sides<std::string>{std::string(model::nameOf(before)), std::string(model::nameOf(after))},
                order);
        } else if constexpr (std::same_as<T, std::string>) {
            compareOrdered(m_to, path, Sides<std::string>{before, after}, order);
        } else if constexpr (std::same_as<T, std::vector<std::string>>) {
            compareMembers(m_to, path, Sides<std::vector<std::string>>{before, after}, order);
        } else if constexpr (std::same_as<T, std::vector<std::uint32_t>>) {
            compareMembers(m_to, path, Sides<std::vector<std::string>>{texts(before), texts(after)}, order);
        } else {
            assert(!"a content row of a fact table needs a comparer for its type");
        }
    }

    template <model::Tabled T>
    void tables(const std::string& path, const T& before, const T& after) const {
        model::forEachRow<T>([&](const auto& row) {
            if (row.compare != Compare::content) {
                return;
            }
            values(model::pathTo(path, row.name), before.*(row.member), after.*(row.member), row.order);
        });
    }

private:
    static std::vector<std::string> settings(const std::map<std::string, std::string>& values) {
        std::vector<std::string> out;
        out.reserve(values.size());
        for (const auto& [name, value] : values) {
            out.push_back(name);
            out.back().append("=").append(value);
        }
        return out;
    }

    static std::vector<std::string> texts(const std::vector<std::uint32_t>& numbers) {
        std::vector<std::string> out;
        out.reserve(numbers.size());
        for (const std::uint32_t number : numbers) {
            out.push_back(std::to_string(number));
        }
        return out;
    }

    const Comparison& m_to;
};

} // namespace

std::vector<Change> compareSnapshots(const Sides<const model::Snapshot&>& sides) {
    std::vector<Change> changes;
    const Comparison to{sides, changes};
    Walk(to).tables("", sides.baseline, sides.candidate);
    return changes;
}

} // namespace bulkhead::compare
