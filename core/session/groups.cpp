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

/// The subjects, and which document each is of.
struct Related {
    const std::vector<SubjectView>& subjects;
    const std::vector<std::size_t>& documents;

    [[nodiscard]] std::size_t documentOf(std::size_t index) const {
        return index < documents.size() ? documents[index] : 0;
    }
};

/// The subject that "container:X" or "service:X" names: a service is one of the same project and document,
/// a container that of the same document before others.
std::optional<std::size_t> targetOf(const Related& related, std::size_t joining, const std::string& word) {
    const bool service = word.starts_with("service:");
    if (!service && !word.starts_with("container:")) {
        return std::nullopt;
    }
    const std::string name = word.substr(word.find(':') + 1);
    const Snapshot& joiner = *related.subjects[joining].declared;
    std::optional<std::size_t> elsewhere;
    for (std::size_t i = 0; i < related.subjects.size(); ++i) {
        const std::optional<Snapshot>& other = related.subjects[i].declared;
        if (!other || i == joining || !isNamed(*other, name, !service) ||
            (service && other->group.id != joiner.group.id)) {
            continue;
        }
        if (related.documentOf(i) == related.documentOf(joining)) {
            return i;
        }
        if (!service && !elsewhere) {
            elsewhere = i;
        }
    }
    return elsewhere;
}

bool isOfPod(const Snapshot& snapshot, NamespaceType type) {
    const auto asks = snapshot.config.asks.valueOr({});
    const bool pid = type == NamespaceType::pid && std::ranges::find(asks, kSharedPid) != asks.end();
    return snapshot.group.kind == "pod" && !snapshot.group.id.empty() &&
           (pid || type == NamespaceType::net || type == NamespaceType::ipc || type == NamespaceType::uts);
}

std::optional<std::string>
declaredKey(const Related& related, std::size_t index, NamespaceType type, int depth) {
    constexpr int kDeepest = 16; // containers may be said to join each other
    const SubjectView& view = related.subjects[index];
    const Namespace* space = namespaceOf(view, &SubjectView::declared, type);
    if (space == nullptr || !space->declared.known() || depth > kDeepest) {
        return std::nullopt;
    }
    const Snapshot& declared = *view.declared;
    if (const auto joined = joinedBy(*space)) {
        const auto target = targetOf(related, index, *joined);
        return target ? declaredKey(related, *target, type, depth + 1) : joined;
    }
    if (space->declared.value() == "host") {
        return std::nullopt;
    }
    if (!isOfPod(declared, type)) {
        return "subject " + std::to_string(index);
    }
    // what runs is of the one Pod that its id names, each document asks for a Pod of its own
    const std::string document = view.enforced ? "" : std::to_string(related.documentOf(index));
    return "pod " + document + " " + declared.group.id;
}

/// A subject that was opened twice: one process, or one name in one document.
bool isSame(const Related& related, std::size_t one, std::size_t other) {
    const SubjectView& first = related.subjects[one];
    const SubjectView& second = related.subjects[other];
    if (first.enforced || second.enforced) {
        return first.enforced && second.enforced &&
               first.enforced->subject.pid == second.enforced->subject.pid;
    }
    return first.declared && second.declared && related.documentOf(one) == related.documentOf(other) &&
           first.declared->subject.name == second.declared->subject.name;
}

void write(
    std::vector<SubjectView>& subjects, const Related& related, Account account, NamespaceType type,
    const Keys& keys) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        if (!keys[i]) {
            continue;
        }
        std::vector<std::string> others;
        for (std::size_t j = 0; j < subjects.size(); ++j) {
            // a subject shares nothing with itself
            if (j != i && keys[j] == keys[i] && !isSame(related, i, j)) {
                others.push_back(subjects[j].name);
            }
        }
        (subjects[i].*account)->namespaces[type].sharedWith = std::move(others);
    }
}

} // namespace

void relateViews(std::vector<SubjectView>& subjects, const std::vector<std::size_t>& documents) {
    const Related related{subjects, documents};
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        Keys enforced;
        Keys declared;
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            enforced.push_back(enforcedKey(subjects[i], type));
            declared.push_back(declaredKey(related, i, type, 0));
        }
        write(subjects, related, &SubjectView::enforced, type, enforced);
        write(subjects, related, &SubjectView::declared, type, declared);
    }
}

} // namespace bulkhead::session
