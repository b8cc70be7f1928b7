#include "core/threat/compiled.h"

#include <algorithm>

namespace bulkhead::threat {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::ObjectKind;

/// Turns conditions into getters; the kind of object in whose binding it stands decides which paths exist.
class Compiler {
public:
    Compiler(const catalog::Catalogue& catalogue, Questions& questions)
        : m_catalogue(catalogue), m_questions(questions) {}

    base::Result<Compiled> compile(const Condition& condition) {
        Compiled out;
        out.m_kind = condition.kind;
        out.m_object = condition.object;
        if (condition.kind == ConditionKind::matcher) {
            const base::Status read =
                condition.derived ? compileDerived(condition, out) : compileStored(condition, out);
            return read ? base::Result<Compiled>(std::move(out)) : std::unexpected(read.error());
        }
        const auto outer = m_object;
        if (condition.kind == ConditionKind::one) {
            if (m_object) {
                return failAt(condition, "one", "a binding cannot stand within another");
            }
            m_object = condition.object;
        }
        for (const Condition& part : condition.parts) {
            auto compiled = compile(part);
            if (!compiled) {
                return compiled;
            }
            out.m_parts.push_back(std::move(*compiled));
        }
        m_object = outer;
        return out;
    }

private:
    static std::unexpected<base::Error>
    failAt(const Condition& condition, std::string_view field, std::string_view problem) {
        return base::fail(
            base::ErrorKind::malformed,
            std::to_string(condition.line) + ": " + std::string(field) + ": " + std::string(problem));
    }

    /// A stored fact has a test in its second line, a derived one none.
    static std::string questionOf(std::string fact, const std::vector<std::string>& words) {
        for (const std::string& word : words) {
            fact += "\n";
            fact += word;
        }
        return fact;
    }

    base::Status compileDerived(const Condition& condition, Compiled& out) {
        const auto all = derivedFacts();
        const auto found = std::ranges::find(all, condition.fact, &DerivedFact::name);
        if (found == all.end()) {
            std::string names;
            for (const DerivedFact& fact : all) {
                names += names.empty() ? "" : ", ";
                names += fact.name;
            }
            return failAt(condition, condition.fact, "no such derived fact; there are " + names);
        }
        if (found->object && found->object != m_object) {
            return failAt(
                condition, condition.fact,
                "is about one " + std::string(model::nameOf(*found->object)) +
                    "; write it within {one: " + std::string(model::nameOf(*found->object)) + ", all: [..]}");
        }
        auto compiled = found->compile({condition.arguments, m_catalogue});
        if (!compiled) {
            return failAt(condition, condition.fact, compiled.error().message);
        }
        out.m_path = condition.fact;
        out.m_derived = std::move(*compiled);
        if (!found->object) {
            out.m_question = m_questions.numberOf(questionOf(condition.fact, condition.arguments));
        }
        return {};
    }

    base::Status compileStored(const Condition& condition, Compiled& out) {
        const auto dot = std::min(condition.fact.find('.'), condition.fact.size());
        const auto object = model::valueNamed<ObjectKind>(condition.fact.substr(0, dot));
        const std::string rest = condition.fact.substr(std::min(dot + 1, condition.fact.size()));
        const bool ofObject = object == m_object && object;
        out.m_path = condition.fact;
        out.m_ofHost = condition.fact.starts_with("host.");
        out.m_stored = ofObject ? readerOfObject(*object, rest) : readerOfSnapshot(condition.fact);
        if (!out.m_stored) {
            return failAt(
                condition, condition.fact,
                "no such fact; resources/schema/snapshot-1.json lists them, and within a binding mount., "
                "socket., device. or task. name the object's own");
        }
        auto check = FactCheck::of(condition);
        if (!check) {
            return failAt(condition, condition.fact, check.error().message);
        }
        out.m_check = std::move(*check);
        if (!ofObject) {
            out.m_question = m_questions.numberOf(questionOf(
                condition.fact + "\n" + std::string(model::nameOf(condition.test)), condition.values));
        }
        return {};
    }

    static Reader<Scope> readerOfSnapshot(const std::string& path) {
        auto reader = readerOf(path);
        if (!reader) {
            return {};
        }
        return [reader](const Scope& scope) { return reader(*scope.snapshot); };
    }

    template <class T>
    static Reader<Scope> readerThrough(Reader<T> reader, const T* Scope::* place) {
        if (!reader) {
            return {};
        }
        return [reader = std::move(reader), place](const Scope& scope) { return reader(*(scope.*place)); };
    }

    static Reader<Scope> readerOfObject(ObjectKind kind, const std::string& path) {
        switch (kind) {
        case ObjectKind::mount:
            return readerThrough(mountReaderOf(path), &Scope::mount);
        case ObjectKind::socket:
            return readerThrough(socketReaderOf(path), &Scope::socket);
        case ObjectKind::device:
            return readerThrough(deviceReaderOf(path), &Scope::device);
        case ObjectKind::task:
            break;
        }
        return readerThrough(taskReaderOf(path), &Scope::task);
    }

    const catalog::Catalogue& m_catalogue;
    Questions& m_questions;
    std::optional<ObjectKind> m_object;
};

base::Result<Compiled>
Compiled::of(const Condition& condition, const catalog::Catalogue& catalogue, Questions& questions) {
    return Compiler(catalogue, questions).compile(condition);
}

} // namespace bulkhead::threat
