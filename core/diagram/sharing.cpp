#include "core/diagram/sharing.h"

#include <algorithm>
#include <set>

namespace bulkhead::diagram {

using model::Namespace;
using model::NamespaceType;
using model::Snapshot;

namespace {

constexpr std::string_view kHost = " host";

using Accounts = std::vector<const Snapshot*>;

Accounts accountsOf(const std::vector<SubjectView>& subjects, model::Vantage vantage) {
    Accounts out;
    out.reserve(subjects.size());
    for (const SubjectView& subject : subjects) {
        out.push_back(subject.at(vantage));
    }
    return out;
}

const Namespace* namespaceOf(const Snapshot* snapshot, NamespaceType type) {
    if (snapshot == nullptr) {
        return nullptr;
    }
    const auto found = snapshot->namespaces.find(type);
    return found == snapshot->namespaces.end() ? nullptr : &found->second;
}

/// Inode numbers mean something within one boot of one machine only; of a recording nobody knows whether the
/// number was given again to the next container.
std::string identityOf(const Snapshot* snapshot, NamespaceType type) {
    const Namespace* space = namespaceOf(snapshot, type);
    if (space == nullptr) {
        return {};
    }
    const std::string boot = snapshot->host.bootId.valueOr({});
    if (space->sharedWithHost.valueOr(false)) {
        return boot + std::string(kHost);
    }
    const bool tells = space->inode.known() && !snapshot->recorded;
    return tells ? boot + " " + std::to_string(space->inode.value()) : std::string();
}

/// Whether a document or an engine says that a subject is in another's namespace.
bool names(const Namespace& space, const Snapshot& other) {
    return std::ranges::any_of(space.sharedWith, [&](const std::string& name) {
        return name == other.subject.name || name == other.subject.ref ||
               (!other.subject.id.empty() && name == other.subject.id);
    });
}

/// Where no number tells which namespace it is: those that are said to share it are in that of the first.
void joinBySharing(NamespaceType type, const Accounts& accounts, std::vector<SharingPlace>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const Namespace* space = namespaceOf(accounts[i], type);
        if (space == nullptr || !row[i].identity.empty() || space->sharedWith.empty()) {
            continue;
        }
        std::size_t first = i;
        for (std::size_t j = 0; j < first; ++j) {
            first = accounts[j] != nullptr && names(*space, *accounts[j]) ? j : first;
        }
        row[i].identity = "with " + std::to_string(first);
    }
}

/// The group of these members; the host's is one, whoever joins.
int groupOf(std::vector<SharingGroup>& groups, bool host, const std::vector<std::size_t>& members) {
    const auto found = std::ranges::find_if(groups, [&](const SharingGroup& group) {
        return group.host == host && (host || group.members == members);
    });
    const auto number = static_cast<int>(found - groups.begin());
    if (found == groups.end()) {
        groups.push_back({host, members, {}});
        return number;
    }
    for (const std::size_t member : members) {
        if (std::ranges::find(found->members, member) == found->members.end()) {
            found->members.push_back(member);
        }
    }
    return number;
}

void addGroups(NamespaceType type, std::vector<SharingPlace>& row, std::vector<SharingGroup>& groups) {
    std::map<std::string, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!row[i].identity.empty()) {
            members[row[i].identity].push_back(i);
        }
    }
    std::set<std::string> done;
    for (const SharingPlace& place : row) {
        if (place.identity.empty() || !done.insert(place.identity).second) {
            continue;
        }
        const auto& together = members[place.identity];
        const bool host = place.identity.ends_with(kHost);
        if (!host && together.size() < 2) {
            continue;
        }
        const int group = groupOf(groups, host, together);
        groups[static_cast<std::size_t>(group)].types.push_back(type);
        for (const std::size_t member : together) {
            row[member].group = group;
            row[member].members = together.size();
        }
    }
}

std::string typesOf(const SharingGroup& group) {
    std::string text;
    for (const NamespaceType type : group.types) {
        text += (text.empty() ? "" : ", ") + std::string(model::nameOf(type));
    }
    return text;
}

/// " (pod web)" where all members are of one pod or project.
std::string ownerOf(const SharingGroup& group, const Accounts& accounts) {
    const Snapshot* first = accounts[group.members.front()];
    if (first == nullptr || first->group.id.empty()) {
        return {};
    }
    const bool one = std::ranges::all_of(group.members, [&](std::size_t member) {
        const Snapshot* other = accounts[member];
        return other != nullptr && other->group.kind == first->group.kind &&
               other->group.id == first->group.id;
    });
    return one ? " (" + first->group.kind + " " + first->group.id + ")" : std::string();
}

/// Whether a column stands for a member, alone or folded with others that look the same.
bool standsFor(const Column& column, const std::vector<std::size_t>& members) {
    return std::ranges::find(members, column.subject) != members.end();
}

} // namespace

Sharing buildSharing(const std::vector<SubjectView>& subjects, model::Vantage vantage) {
    Sharing out;
    const Accounts accounts = accountsOf(subjects, vantage);
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        std::vector<SharingPlace>& row = out.places[type];
        for (const Snapshot* account : accounts) {
            row.push_back({identityOf(account, type)});
        }
        joinBySharing(type, accounts, row);
        addGroups(type, row, out.groups);
    }
    return out;
}

std::string
sharingSentence(const SharingGroup& group, const std::vector<SubjectView>& subjects, model::Vantage vantage) {
    if (group.host) {
        return "the host's own: " + typesOf(group);
    }
    std::string text;
    for (const std::size_t member : group.members) {
        text += (text.empty() ? "" : ", ") + subjects[member].name;
    }
    return text + " share " + typesOf(group) + ownerOf(group, accountsOf(subjects, vantage));
}

std::vector<SharedSpan> buildSharedSpans(const Diagram& diagram, const std::vector<SubjectView>& subjects) {
    std::vector<SharedSpan> spans;
    const Sharing sharing = buildSharing(subjects, diagram.vantage);
    for (const SharingGroup& group : sharing.groups) {
        // One mount namespace is one container, read twice or by numbers that the kernel gave again to the
        // next: no pod shares it.
        const bool one = std::ranges::find(group.types, NamespaceType::mnt) != group.types.end();
        if (one || group.host) {
            continue;
        }
        const std::string sentence = sharingSentence(group, subjects, diagram.vantage);
        for (std::size_t first = 0; first < diagram.columns.size(); ++first) {
            std::size_t end = first;
            while (end < diagram.columns.size() && standsFor(diagram.columns[end], group.members)) {
                ++end;
            }
            if (end > first + 1) {
                spans.push_back({first, end - 1, typesOf(group), sentence});
            }
            first = std::max(first, end);
        }
    }
    std::ranges::sort(spans, {}, [](const SharedSpan& span) {
        return std::pair(span.first, -static_cast<std::ptrdiff_t>(span.last));
    });
    return spans;
}

std::vector<std::size_t> linesOf(const std::vector<SharedSpan>& spans) {
    std::vector<std::size_t> lines;
    std::vector<std::size_t> ends; // of each line: the first column that is free
    for (const SharedSpan& span : spans) {
        const auto free = std::ranges::find_if(ends, [&](std::size_t end) { return end <= span.first; });
        lines.push_back(static_cast<std::size_t>(free - ends.begin()));
        if (free == ends.end()) {
            ends.push_back(0);
        }
        ends[lines.back()] = span.last + 1;
    }
    return lines;
}

} // namespace bulkhead::diagram
