#pragma once

#include <cassert>
#include <string>
#include <utility>

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

/// A value, or the reason why there is none. Empty and absent are values of T; "not readable" is Unreadable.
template <class T>
class Fact {
public:
    using Value = T;

    Fact() = default;
    Fact(T value, Evidence evidence)
        : m_state(State::known), m_value(std::move(value)), m_evidence(std::move(evidence)) {}
    Fact(Unreadable why) : m_state(State::unreadable), m_why(std::move(why)) {}

    [[nodiscard]] bool known() const { return m_state == State::known; }
    [[nodiscard]] bool unreadable() const { return m_state == State::unreadable; }
    [[nodiscard]] bool unstated() const { return m_state == State::unstated; }

    [[nodiscard]] const T& value() const {
        assert(known());
        return m_value;
    }
    [[nodiscard]] const Unreadable& gap() const {
        assert(unreadable());
        return m_why;
    }
    [[nodiscard]] const T* get() const { return known() ? &m_value : nullptr; }
    [[nodiscard]] T valueOr(const T& other) const { return known() ? m_value : other; }
    [[nodiscard]] const Evidence& evidence() const { return m_evidence; }

    bool operator==(const Fact&) const = default;
    auto operator<=>(const Fact&) const = default;

private:
    /// This vantage may say nothing about the fact (a configuration does not know inode numbers): no gap, no
    /// change.
    enum class State { unstated, known, unreadable };

    // Plain members and no variant: three hundred facts make a snapshot, and a variant's copies of each took
    // every source file seconds to compile.
    State m_state = State::unstated;
    T m_value{};
    Unreadable m_why;
    Evidence m_evidence;
};

} // namespace bulkhead::model
