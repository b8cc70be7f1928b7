#pragma once

#include "core/catalog/condition.h"
#include "core/threat/derived_facts.h"
#include "core/threat/fact_reader.h"
#include "core/threat/fact_test.h"
#include "core/threat/inquiry.h"
#include "core/threat/scope.h"

#include <string>
#include <vector>

namespace bulkhead::threat {

/// A condition ready to be asked: paths are getters, values are parsed. Policies are compiled the same way.
class Compiled {
public:
    /// The problem names the line, the fact, and what there is instead. Conditions that are asked in the same
    /// inquiries share the numbering of their questions.
    [[nodiscard]] static base::Result<Compiled>
    of(const catalog::Condition& condition, const catalog::Catalogue& catalogue, Questions& questions);

    [[nodiscard]] model::Truth truth(const Scope& scope) const;

    /// The facts that decided: of `yes` all that hold, of `no` those that fail, of `unknown` what holds and
    /// the gaps that would decide. `truth` is what truth(scope) gave.
    void explain(const Scope& scope, model::Truth truth, Explanation& why) const;

    /// The binding that every finding is about: the condition itself or a part of its outermost conjunction.
    /// Null where there is none, or more than one. A scope with an object of its kind stands for that object.
    [[nodiscard]] const Compiled* binding() const;
    /// The truth of a conjunction but for one of its parts.
    [[nodiscard]] model::Truth truthBeside(const Compiled& part, const Scope& scope) const;
    [[nodiscard]] catalog::ObjectKind objectKind() const { return m_object; }
    /// How many parts hold in a scope before the first that does not: the nearest miss is the object with
    /// most.
    [[nodiscard]] std::size_t partsThatHold(const Scope& scope) const;
    /// How many of all parts of a conjunction hold in a scope, in whatever order they stand.
    [[nodiscard]] std::size_t partsHeld(const Scope& scope) const;

private:
    friend class Compiler;

    [[nodiscard]] FactReading read(const Scope& scope) const;
    [[nodiscard]] model::Truth matcherTruth(const Scope& scope) const;
    [[nodiscard]] model::Truth askMatcher(const Scope& scope) const;
    [[nodiscard]] model::Truth partsTruth(const Scope& scope) const;
    [[nodiscard]] model::Truth oneTruth(const Scope& scope) const;
    void explainMatcher(const Scope& scope, Explanation& why) const;
    void explainOne(const Scope& scope, model::Truth truth, Explanation& why) const;

    catalog::ConditionKind m_kind = catalog::ConditionKind::all;
    catalog::ObjectKind m_object = catalog::ObjectKind::mount;
    std::vector<Compiled> m_parts;
    std::string m_path; ///< of a matcher, as the condition writes it
    bool m_ofHost = false;
    std::size_t m_question = Questions::kNone; ///< of a matcher that is about the snapshot as a whole
    Evaluator m_derived;
    Reader<Scope> m_stored;
    FactCheck m_check;
};

} // namespace bulkhead::threat
