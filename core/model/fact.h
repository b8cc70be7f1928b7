#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace bulkhead::model {

/// How sure we may be of a fact.
enum class EvidenceKind {
    observed,  ///< read from the kernel
    declared,  ///< stated by a configuration
    defaulted, ///< an engine's default, not written in the configuration
    inferred,  ///< concluded from other facts
};

/// Where a fact was read: "/proc/12/status CapEff", "config.json process.capabilities".
struct Evidence {
    EvidenceKind kind = EvidenceKind::observed;
    std::string source;
    std::string file; ///< the user's file for declared facts, else empty
    int line = 0;     ///< one-based; 0 where there is none

    auto operator<=>(const Evidence&) const = default;
};

/// Why a fact is not known, and what would make it known. A gap, not an error.
struct Unreadable {
    std::string reason;
    std::string needs; ///< "CAP_SYS_PTRACE"; empty where nothing would help

    auto operator<=>(const Unreadable&) const = default;
};

/// This vantage says nothing about the fact (a configuration does not know inode numbers). No gap, no change.
struct Unstated {
    auto operator<=>(const Unstated&) const = default;
};

/// A value, or the reason why there is none. Empty and absent are values of T; "not readable" is Unreadable.
template <class T>
class Fact {
public:
    using Value = T;

    Fact() = default;
    Fact(T value, Evidence evidence) : m_state(std::move(value)), m_evidence(std::move(evidence)) {}
    Fact(Unreadable why) : m_state(std::move(why)) {}

    [[nodiscard]] bool known() const { return std::holds_alternative<T>(m_state); }
    [[nodiscard]] bool unreadable() const { return std::holds_alternative<Unreadable>(m_state); }
    [[nodiscard]] bool unstated() const { return std::holds_alternative<Unstated>(m_state); }

    [[nodiscard]] const T& value() const {
        assert(known());
        return *std::get_if<T>(&m_state);
    }
    [[nodiscard]] const Unreadable& gap() const {
        assert(unreadable());
        return *std::get_if<Unreadable>(&m_state);
    }
    [[nodiscard]] const T* get() const { return std::get_if<T>(&m_state); }
    [[nodiscard]] T valueOr(const T& other) const { return known() ? value() : other; }
    [[nodiscard]] const Evidence& evidence() const { return m_evidence; }

    bool operator==(const Fact&) const = default;
    auto operator<=>(const Fact&) const = default;

private:
    std::variant<Unstated, T, Unreadable> m_state;
    Evidence m_evidence;
};

} // namespace bulkhead::model
