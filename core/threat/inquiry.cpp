#include "core/threat/inquiry.h"

namespace bulkhead::threat {

using catalog::ObjectKind;

namespace {

using State = FactReading::State;

/// The elements of a list as scopes.
template <class T>
Objects objectsOf(
    const Scope& whole, const model::Fact<std::vector<T>>& list, std::string_view name,
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
        Scope& scope = out.scopes.emplace_back(whole);
        scope.*place = &element;
        scope.nth = out.scopes.size() - 1;
    }
    return out;
}

Objects listed(const Scope& whole, ObjectKind kind) {
    const model::Snapshot& snapshot = *whole.snapshot;
    switch (kind) {
    case ObjectKind::mount:
        return objectsOf(whole, snapshot.mounts, "mounts", &Scope::mount);
    case ObjectKind::socket:
        return objectsOf(whole, snapshot.sockets, "sockets", &Scope::socket);
    case ObjectKind::device:
        return objectsOf(whole, snapshot.devices, "devices", &Scope::device);
    case ObjectKind::task:
        break;
    }
    return objectsOf(whole, snapshot.tasks, "tasks", &Scope::task);
}

} // namespace

std::size_t Questions::numberOf(const std::string& question) {
    return m_numbers.try_emplace(question, m_numbers.size()).first->second;
}

Scope Inquiry::scope() {
    Scope out;
    out.snapshot = &m_snapshot;
    out.inquiry = this;
    return out;
}

const Objects& Inquiry::objects(ObjectKind kind) {
    auto& kept = m_objects.at(static_cast<std::size_t>(kind));
    if (!kept) {
        kept = listed(scope(), kind);
    }
    return *kept;
}

} // namespace bulkhead::threat
