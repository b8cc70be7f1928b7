#include "core/session/groups.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace bulkhead::session {

using diagram::SubjectView;
using model::Namespace;
using model::NamespaceType;
using model::Snapshot;

namespace {

constexpr std::string_view kJoin = "join(";
constexpr std::string_view kSharedPid = "pid namespace shared by the Pod's containers";
constexpr std::size_t kShortestId = 12;

using Account = std::optional<Snapshot> SubjectView::*;

/// Which namespace a subject has: two that have the same key share it; none: the host's, or not known.
using Keys = std::vector<std::optional<std::string>>;

const Namespace* namespaceOf(const SubjectView& view, Account account, NamespaceType type) {
    const std::optional<Snapshot>& snapshot = view.*account;
    if (!snapshot) {
        return nullptr;
    }
    const auto found = snapshot->namespaces.find(type);
    return found == snapshot->namespaces.end() ? nullptr : &found->second;
}

std::optional<std::string> enforcedKey(const SubjectView& view, NamespaceType type) {
    const Namespace* space = namespaceOf(view, &SubjectView::enforced, type);
    const bool own = space != nullptr && space->sharedWithHost.known() && !space->sharedWithHost.value();
    // recordings are of other machines, or of another boot of this one
    if (!own || !space->inode.known() || view.enforced->recorded) {
        return std::nullopt;
    }
    return view.enforced->host.bootId.valueOr("") + "/" + std::to_string(space->inode.value());
}

/// "web" of "join(container:web)"; the path of "join(/proc/1/ns/net)".
std::optional<std::string> joinedBy(const Namespace& space) {
    const std::string* said = space.declared.get();
    if (said == nullptr || !said->starts_with(kJoin) || !said->ends_with(')')) {
        return std::nullopt;
    }
    return said->substr(kJoin.size(), said->size() - kJoin.size() - 1);
}

bool isNamed(const Snapshot& snapshot, const std::string& name, bool byId) {
    const std::string& id = snapshot.subject.id;
    return snapshot.subject.name == name || (byId && name.size() >= kShortestId && id.starts_with(name));
}

/// The subject that "container:X" or "service:X" names: a service is one of the same project.
std::optional<std::size_t>
targetOf(const std::vector<SubjectView>& subjects, const Snapshot& joiner, const std::string& word) {
    const bool service = word.starts_with("service:");
    if (!service && !word.starts_with("container:")) {
        return std::nullopt;
    }
    const std::string name = word.substr(word.find(':') + 1);
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        const std::optional<Snapshot>& other = subjects[i].declared;
        if (other && &*other != &joiner && isNamed(*other, name, !service) &&
            (!service || other->group.id == joiner.group.id)) {
            return i;
        }
    }
    return std::nullopt;
}

bool isOfPod(const Snapshot& snapshot, NamespaceType type) {
    const auto asks = snapshot.config.asks.valueOr({});
    const bool pid = type == NamespaceType::pid && std::ranges::find(asks, kSharedPid) != asks.end();
    return snapshot.group.kind == "pod" && !snapshot.group.id.empty() &&
           (pid || type == NamespaceType::net || type == NamespaceType::ipc || type == NamespaceType::uts);
}

std::optional<std::string>
declaredKey(const std::vector<SubjectView>& subjects, std::size_t index, NamespaceType type, int depth) {
    constexpr int kDeepest = 16; // containers may be said to join each other
    const Namespace* space = namespaceOf(subjects[index], &SubjectView::declared, type);
    if (space == nullptr || !space->declared.known() || depth > kDeepest) {
        return std::nullopt;
    }
    const Snapshot& declared = *subjects[index].declared;
    if (const auto joined = joinedBy(*space)) {
        const auto target = targetOf(subjects, declared, *joined);
        return target ? declaredKey(subjects, *target, type, depth + 1) : joined;
    }
    if (space->declared.value() == "host") {
        return std::nullopt;
    }
    return isOfPod(declared, type) ? "pod " + declared.group.id : "subject " + std::to_string(index);
}

bool sameProcess(const SubjectView& one, const SubjectView& other) {
    return one.enforced && other.enforced && one.enforced->subject.pid == other.enforced->subject.pid;
}

void write(std::vector<SubjectView>& subjects, Account account, NamespaceType type, const Keys& keys) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        if (!keys[i]) {
            continue;
        }
        std::vector<std::string> others;
        for (std::size_t j = 0; j < subjects.size(); ++j) {
            // a subject that was opened twice shares nothing with itself
            if (j != i && keys[j] == keys[i] && !sameProcess(subjects[i], subjects[j])) {
                others.push_back(subjects[j].name);
            }
        }
        (subjects[i].*account)->namespaces[type].sharedWith = std::move(others);
    }
}

} // namespace

void relateViews(std::vector<SubjectView>& subjects) {
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        Keys enforced;
        Keys declared;
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            enforced.push_back(enforcedKey(subjects[i], type));
            declared.push_back(declaredKey(subjects, i, type, 0));
        }
        write(subjects, &SubjectView::enforced, type, enforced);
        write(subjects, &SubjectView::declared, type, declared);
    }
}

} // namespace bulkhead::session
