#include "core/threat/compiled.h"

#include <algorithm>

namespace bulkhead::threat {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::ObjectKind;
using model::Truth;

namespace {

using State = FactReading::State;

bool bound(const Scope& scope, ObjectKind kind) {
    switch (kind) {
    case ObjectKind::mount:
        return scope.mount != nullptr;
    case ObjectKind::socket:
        return scope.socket != nullptr;
    case ObjectKind::device:
        return scope.device != nullptr;
    case ObjectKind::task:
        return scope.task != nullptr;
    }
    return false;
}

/// The elements of a list as scopes.
template <class T>
Objects objectsOf(
    const model::Snapshot& snapshot, const model::Fact<std::vector<T>>& list, std::string_view name,
    const T* Scope::* place) {
    Objects out;
    out.name = name;
    out.list.state = list.known() ? State::known : list.unreadable() ? State::unreadable : State::unstated;
    out.list.evidence = list.known() ? &list.evidence() : nullptr;
    out.list.why = list.unreadable() ? &list.gap() : nullptr;
    if (!list.known()) {
        return out;
    }
    out.scopes.reserve(list.value().size());
    for (const T& element : list.value()) {
        Scope scope;
        scope.snapshot = &snapshot;
        scope.*place = &element;
        scope.nth = out.scopes.size();
        out.scopes.push_back(scope);
    }
    return out;
}

} // namespace

Objects objectsIn(const model::Snapshot& snapshot, ObjectKind kind) {
    switch (kind) {
    case ObjectKind::mount:
        return objectsOf(snapshot, snapshot.mounts, "mounts", &Scope::mount);
    case ObjectKind::socket:
        return objectsOf(snapshot, snapshot.sockets, "sockets", &Scope::socket);
    case ObjectKind::device:
        return objectsOf(snapshot, snapshot.devices, "devices", &Scope::device);
    case ObjectKind::task:
        break;
    }
    return objectsOf(snapshot, snapshot.tasks, "tasks", &Scope::task);
}

FactReading Compiled::read(const Scope& scope) const {
    FactReading reading = m_stored(scope);
    const bool ofHost = m_path.starts_with("host.");
    if (reading.state == State::missing) {
        // A configuration lists what it sets; the kernel was asked about everything there is.
        const bool declared = scope.snapshot->vantage == model::Vantage::declared;
        reading.state = declared && !ofHost ? State::unstated : State::known;
        reading.value = Absent{};
    }
    return reading;
}

Truth Compiled::matcherTruth(const Scope& scope) const {
    if (m_derived) {
        return m_derived(scope, nullptr);
    }
    const FactReading reading = read(scope);
    return !reading.known() ? Truth::unknown : m_check.passes(reading.value) ? Truth::yes : Truth::no;
}

Truth Compiled::partsTruth(const Scope& scope) const {
    const bool any = m_kind == ConditionKind::any;
    const Truth last = any ? Truth::yes : Truth::no;
    Truth truth = model::opposite(last);
    for (const Compiled& part : m_parts) {
        const Truth one = part.truth(scope);
        truth = any ? model::either(truth, one) : model::both(truth, one);
        if (truth == last) {
            break;
        }
    }
    return truth;
}

Truth Compiled::oneTruth(const Scope& scope) const {
    if (bound(scope, m_object)) {
        return partsTruth(scope);
    }
    const Objects objects = objectsIn(*scope.snapshot, m_object);
    Truth truth = objects.list.known() ? Truth::no : Truth::unknown;
    for (const Scope& one : objects.scopes) {
        truth = model::either(truth, partsTruth(one));
        if (truth == Truth::yes) {
            break;
        }
    }
    return truth;
}

Truth Compiled::truth(const Scope& scope) const {
    switch (m_kind) {
    case ConditionKind::matcher:
        return matcherTruth(scope);
    case ConditionKind::negation:
        return model::opposite(m_parts.front().truth(scope));
    case ConditionKind::one:
        return oneTruth(scope);
    case ConditionKind::all:
    case ConditionKind::any:
        break;
    }
    return partsTruth(scope);
}

void Compiled::explainMatcher(const Scope& scope, Explanation& why) const {
    if (m_derived) {
        (void)m_derived(scope, &why);
        return;
    }
    const FactReading reading = read(scope);
    const auto dot = m_path.find('.');
    const bool ofObject =
        dot != std::string::npos && model::valueNamed<ObjectKind>(m_path.substr(0, dot)).has_value();
    std::string path = ofObject ? objectPath(scope) + m_path.substr(dot) : m_path;
    if (!reading.known()) {
        why.miss(std::move(path), reading.why != nullptr ? *reading.why : unstatedIn(*scope.snapshot));
        return;
    }
    const Truth truth = m_check.passes(reading.value) ? Truth::yes : Truth::no;
    why.use(std::move(path), toText(reading.value), truth, reading.evidence);
}

std::size_t Compiled::partsThatHold(const Scope& scope) const {
    const auto first =
        std::ranges::find_if(m_parts, [&](const Compiled& part) { return part.truth(scope) != Truth::yes; });
    return static_cast<std::size_t>(first - m_parts.begin());
}

std::size_t Compiled::partsHeld(const Scope& scope) const {
    const auto held =
        std::ranges::count_if(m_parts, [&](const Compiled& part) { return part.truth(scope) == Truth::yes; });
    return m_kind == ConditionKind::all ? static_cast<std::size_t>(held) : 0;
}

void Compiled::explainOne(const Scope& scope, Truth truth, Explanation& why) const {
    const Objects objects = objectsIn(*scope.snapshot, m_object);
    if (!objects.list.known()) {
        why.miss(
            std::string(objects.name),
            objects.list.why != nullptr ? *objects.list.why : unstatedIn(*scope.snapshot));
        return;
    }
    const Scope* nearest = nullptr;
    for (const Scope& one : objects.scopes) {
        if (partsTruth(one) != truth) {
            continue;
        }
        if (truth == Truth::yes) {
            explain(one, truth, why);
        } else if (nearest == nullptr || partsThatHold(one) > partsThatHold(*nearest)) {
            nearest = &one;
        }
    }
    if (nearest != nullptr && (truth == Truth::unknown || partsThatHold(*nearest) > 0)) {
        explain(*nearest, truth, why);
    } else if (truth == Truth::no) {
        why.use(std::string(objects.name), "none that fits", Truth::no, objects.list.evidence);
    }
}

void Compiled::explain(const Scope& scope, Truth truth, Explanation& why) const {
    if (m_kind == ConditionKind::matcher) {
        explainMatcher(scope, why);
    } else if (m_kind == ConditionKind::negation) {
        why.negated = !why.negated;
        m_parts.front().explain(scope, model::opposite(truth), why);
        why.negated = !why.negated;
    } else if (m_kind == ConditionKind::one && !bound(scope, m_object)) {
        explainOne(scope, truth, why);
    } else {
        const bool conjunction = m_kind != ConditionKind::any;
        for (const Compiled& part : m_parts) {
            const Truth one = part.truth(scope);
            if (one == truth || (conjunction && truth == Truth::unknown && one == Truth::yes)) {
                part.explain(scope, one, why);
            }
        }
    }
}

const Compiled* Compiled::binding() const {
    if (m_kind == ConditionKind::one) {
        return this;
    }
    const Compiled* found = nullptr;
    for (const Compiled& part : m_parts) {
        if (m_kind == ConditionKind::all && part.m_kind == ConditionKind::one) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &part;
        }
    }
    return found;
}

/// Turns conditions into getters; the kind of object in whose binding it stands decides which paths exist.
class Compiler {
public:
    explicit Compiler(const catalog::Catalogue& catalogue) : m_catalogue(catalogue) {}

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
        return {};
    }

    base::Status compileStored(const Condition& condition, Compiled& out) {
        const auto dot = std::min(condition.fact.find('.'), condition.fact.size());
        const auto object = model::valueNamed<ObjectKind>(condition.fact.substr(0, dot));
        const std::string rest = condition.fact.substr(std::min(dot + 1, condition.fact.size()));
        out.m_path = condition.fact;
        out.m_stored =
            object == m_object && object ? readerOfObject(*object, rest) : readerOfSnapshot(condition.fact);
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
    std::optional<ObjectKind> m_object;
};

base::Result<Compiled> Compiled::of(const Condition& condition, const catalog::Catalogue& catalogue) {
    return Compiler(catalogue).compile(condition);
}

} // namespace bulkhead::threat
