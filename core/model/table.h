#pragma once

#include "core/model/stage.h"

#include <cstddef>
#include <string_view>
#include <utility>

namespace bulkhead::model {

/// How a field takes part in comparisons: content is compared, identity (inodes, pids, paths of runtimes) and
/// host (time, kernel) never make a change.
enum class Compare { content, identity, host };

template <>
struct Names<Compare> {
    static constexpr std::array names{
        std::pair{Compare::content, std::string_view("content")},
        std::pair{Compare::identity, std::string_view("identity")},
        std::pair{Compare::host, std::string_view("host")},
    };
};

/// Which way authority moves when a plain value differs. Values with an order of their own (capability sets,
/// maps, limits, device policies) carry it in their type and use `byType`.
enum class Order {
    byType,
    unordered,    ///< a difference is neutral
    incomparable, ///< a difference matters, its direction cannot be said
    trueIsWeaker,
    trueIsStronger,
    moreIsWeaker, ///< numbers, and members of a set
    moreIsStronger,
    rootIsWeaker, ///< ids: 0 against any other
};

/// One field of a facet: the single place that names it. Schema, JSON, comparison, search and documentation
/// are made from these rows.
template <class Owner, class Member>
struct Row {
    std::string_view
        name; ///< key in documents and paths; empty for a map whose keys stand in the parent itself
    Member Owner::* member;
    std::string_view meaning; ///< a sentence for the schema and the documentation: units, source
    Compare compare = Compare::content;
    Order order = Order::byType;
};

template <class Owner, class Member>
Row(std::string_view, Member Owner::*, std::string_view, Compare, Order) -> Row<Owner, Member>;
template <class Owner, class Member>
Row(std::string_view, Member Owner::*, std::string_view, Compare) -> Row<Owner, Member>;
template <class Owner, class Member>
Row(std::string_view, Member Owner::*, std::string_view) -> Row<Owner, Member>;

/// One row at its place in a list.
template <std::size_t Place, class R>
struct RowAt {
    R row;
};

/// The rows of one table. A plain list by inheritance, because every source file reads these headers and
/// std::tuple's constructors take a compiler seconds to choose from.
template <class Places, class... Rows>
struct RowList;

template <std::size_t... Places, class... Rows>
struct RowList<std::index_sequence<Places...>, Rows...> : RowAt<Places, Rows>... {
    static constexpr std::size_t kSize = sizeof...(Rows);

    template <class Visit>
    constexpr void forEach(Visit&& visit) const {
        (visit(static_cast<const RowAt<Places, Rows>&>(*this).row), ...);
    }
};

template <class... Rows>
constexpr auto rowsOf(Rows... rows) {
    return RowList<std::index_sequence_for<Rows...>, Rows...>{{rows}...};
}

/// The rows of an aggregate: `static constexpr auto rows = rowsOf(Row{...}, ...)`.
template <class T>
struct Table;

template <class T>
concept Tabled = requires { Table<T>::rows; };

/// Calls `visit(row)` for every row of T's table, in document order.
template <Tabled T, class Visit>
constexpr void forEachRow(Visit&& visit) {
    Table<T>::rows.forEach(visit);
}

} // namespace bulkhead::model
