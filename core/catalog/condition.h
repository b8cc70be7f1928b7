#pragma once

#include "core/model/named_enum.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::catalog {

/// What a node of a condition is: a combination of others, a matcher of one fact, or the binding of a
/// conjunction to one object.
enum class ConditionKind { all, any, negation, matcher, one };

/// Of which list one element must satisfy a conjunction alone. The facets of a snapshot describe one class of
/// tasks, so what is said outside of these is bound to one class of tasks by itself.
enum class ObjectKind { mount, socket, device, task };

/// How a matcher holds a fact against its values.
enum class FactTest {
    holds,      ///< a truth value that is true, and every derived fact
    is,         ///< equal to the value
    oneOf,      ///< equal to one of the values
    atLeast,    ///< a number not below the value
    atMost,     ///< a number not above it
    contains,   ///< a list or set with one of the values
    outside,    ///< a list or map with something that is none of the values
    startsWith, ///< a text, or one text of a list, that begins with one of the values
    absent,     ///< there is none, as of a limit: "true" or "false"
    empty,      ///< a list, set or text without anything in it: "true" or "false"
};

/// A condition over facts: all / any / not over matchers and nothing more. A matcher names a stored fact by
/// its path ("identity.noNewPrivileges", "mount.readOnly" of the object at hand) or a derived one with its
/// arguments ("call(clone, 0=0x10000000)").
struct Condition {
    ConditionKind kind = ConditionKind::all;
    std::vector<Condition> parts; ///< of all, any and one; a negation has one
    ObjectKind object = ObjectKind::mount;
    std::string fact;
    std::vector<std::string> arguments; ///< of a derived fact
    bool derived = false;
    FactTest test = FactTest::holds;
    std::vector<std::string> values;
    int line = 0;
};

} // namespace bulkhead::catalog

namespace bulkhead::model {

template <>
struct Names<catalog::ObjectKind> {
    using enum catalog::ObjectKind;
    static constexpr std::array names{
        std::pair{mount, std::string_view("mount")},
        std::pair{socket, std::string_view("socket")},
        std::pair{device, std::string_view("device")},
        std::pair{task, std::string_view("task")},
    };
};

template <>
struct Names<catalog::FactTest> {
    using enum catalog::FactTest;
    static constexpr std::array names{
        std::pair{holds, std::string_view("holds")},
        std::pair{is, std::string_view("is")},
        std::pair{oneOf, std::string_view("one-of")},
        std::pair{atLeast, std::string_view("at-least")},
        std::pair{atMost, std::string_view("at-most")},
        std::pair{contains, std::string_view("contains")},
        std::pair{outside, std::string_view("outside")},
        std::pair{startsWith, std::string_view("starts-with")},
        std::pair{absent, std::string_view("absent")},
        std::pair{empty, std::string_view("empty")},
    };
};

} // namespace bulkhead::model
