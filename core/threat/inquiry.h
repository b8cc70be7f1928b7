#pragma once

#include "core/catalog/condition.h"
#include "core/model/truth.h"
#include "core/threat/fact_value.h"
#include "core/threat/scope.h"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

/// The objects of one kind that a condition may be bound to, each as a scope of its own. Where the list is
/// not known there is none, and `list` says why.
struct Objects {
    std::vector<Scope> scopes;
    FactReading list;
    std::string_view name; ///< "mounts"
};

/// Numbers what conditions that are compiled together ask of a snapshot as a whole: what is asked twice has
/// one number, and is answered once.
class Questions {
public:
    static constexpr std::size_t kNone = ~std::size_t{0};

    /// By all that the answer depends on.
    [[nodiscard]] std::size_t numberOf(const std::string& question);
    [[nodiscard]] std::size_t count() const { return m_numbers.size(); }

private:
    std::map<std::string, std::size_t> m_numbers;
};

/// One snapshot while it is asked about: what was answered and listed is kept. For conditions with one
/// numbering of questions; scopes point to it.
class Inquiry {
public:
    /// Both must stay as long as the inquiry and its scopes.
    explicit Inquiry(const model::Snapshot& snapshot) : m_snapshot(snapshot) {}
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;
    Inquiry(Inquiry&&) = delete;
    Inquiry& operator=(Inquiry&&) = delete;
    ~Inquiry() = default;

    /// The snapshot, no object at hand.
    [[nodiscard]] Scope scope();
    [[nodiscard]] const Objects& objects(catalog::ObjectKind kind);

    /// The answer to a question, by its number; `ask` is called with a scope of no object the first time.
    template <class Ask>
    model::Truth answer(std::size_t question, Ask&& ask) {
        if (question >= m_answers.size()) {
            m_answers.resize(question + 32);
        }
        if (!m_answers[question]) {
            const model::Truth truth = ask(scope()); // may ask further questions: the list grows
            m_answers[question] = truth;
        }
        return *m_answers[question];
    }

private:
    const model::Snapshot& m_snapshot;
    std::vector<std::optional<model::Truth>> m_answers;
    std::array<std::optional<Objects>, 4> m_objects;
};

} // namespace bulkhead::threat
