#include "core/threat/compiled.h"

#include <algorithm>

namespace bulkhead::threat {

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

} // namespace

FactReading Compiled::read(const Scope& scope) const {
    FactReading reading = m_stored(scope);
    if (reading.state == State::missing) {
        // A configuration lists what it sets; the kernel was asked about everything there is.
        const bool declared = scope.snapshot->vantage == model::Vantage::declared;
        reading.state = declared && !m_ofHost ? State::unstated : State::known;
        reading.value = Absent{};
    }
    return reading;
}

Truth Compiled::matcherTruth(const Scope& scope) const {
    if (m_question == Questions::kNone) {
        return askMatcher(scope);
    }
    return scope.inquiry->answer(m_question, [this](const Scope& whole) { return askMatcher(whole); });
}

Truth Compiled::askMatcher(const Scope& scope) const {
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

Truth Compiled::truthBeside(const Compiled& part, const Scope& scope) const {
    Truth truth = Truth::yes;
    for (const Compiled& other : m_parts) {
        if (this != &part && &other != &part && truth != Truth::no) {
            truth = model::both(truth, other.truth(scope));
        }
    }
    return truth;
}

Truth Compiled::oneTruth(const Scope& scope) const {
    if (bound(scope, m_object)) {
        return partsTruth(scope);
    }
    const Objects& objects = scope.inquiry->objects(m_object);
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

namespace {

/// The value for a reader: of a set that must not have some, those that it has.
std::string shown(const FactCheck& check, const FactValue& value, Truth truth) {
    const auto* set = std::get_if<model::CapabilitySet>(&value);
    if (set == nullptr || truth != Truth::yes || check.test != catalog::FactTest::contains) {
        return toText(value);
    }
    const model::CapabilitySet held = set->intersected(check.capabilities);
    const std::string text = toText(FactValue(held));
    return held.size() == set->size() ? text : text + " (of " + std::to_string(set->size()) + ")";
}

} // namespace

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
    why.use(std::move(path), shown(m_check, reading.value, truth), truth, reading.evidence);
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
    const Objects& objects = scope.inquiry->objects(m_object);
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

} // namespace bulkhead::threat
