#include "core/claims/kubernetes_volumes.h"

#include "core/base/bytes.h"
#include "core/claims/clean_path.h"
#include "core/claims/kubernetes_objects.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string_view>

namespace bulkhead::claims {

namespace {

constexpr std::size_t kNamed = 3; ///< volumes that a reader is told by name

const std::vector<Node>& itemsAt(const Node* node, std::initializer_list<std::string_view> way) {
    static const std::vector<Node> kNone;
    const Node* found = nodeAt(node, way);
    return found == nullptr ? kNone : found->items;
}

bool hasText(const std::vector<Node>& some, std::string_view text) {
    return std::ranges::find(some, text, &Node::text) != some.end();
}

std::string nameOf(const Node* object) {
    return base::textFromBytes(textAt(object, {"metadata", "name"}));
}

/// The folder of the host that a PersistentVolume is; empty where it is none.
std::string folderOf(const Node* volume) {
    const bool block = textAt(volume, {"spec", "volumeMode"}) == "Block";
    const std::string host = textAt(volume, {"spec", "hostPath", "path"});
    const std::string folder = host.empty() ? textAt(volume, {"spec", "local", "path"}) : host;
    return block || !folder.starts_with('/') ? "" : cleanPath(folder);
}

/// How far below the root: the less, the more is seen.
std::ptrdiff_t depthOf(const Node* volume) {
    const std::string folder = folderOf(volume);
    return folder == "/" ? 0 : std::ranges::count(folder, '/');
}

void sortWidestFirst(std::vector<const Node*>& volumes) {
    std::ranges::stable_sort(volumes, {}, depthOf);
}

/// The storage class of a volume or claim, "" for none; nullopt where it says nothing. The annotation is of
/// before Kubernetes 1.6 and still counts.
std::optional<std::string> classOf(const Node* object) {
    const Node* older =
        nodeAt(object, {"metadata", "annotations", "volume.beta.kubernetes.io/storage-class"});
    const Node* said = older != nullptr ? older : nodeAt(object, {"spec", "storageClassName"});
    return said == nullptr || said->isNull() ? std::nullopt : std::optional(said->text);
}

/// Whether a StorageClass is that of claims which name none (kubernetes pkg/volume/util/storageclass.go).
bool isOfCluster(const Node* storage) {
    const Node* notes = nodeAt(storage, {"metadata", "annotations"});
    return textAt(notes, {"storageclass.kubernetes.io/is-default-class"}) == "true" ||
           textAt(notes, {"storageclass.beta.kubernetes.io/is-default-class"}) == "true";
}

/// A claim that says no class gets the cluster's own, and the class "" where there is none.
const std::vector<const Node*>& freeFor(const StoredVolumes& stored, const Node* claim) {
    static const std::vector<const Node*> kNone;
    const auto found = stored.free.find(classOf(claim).value_or(stored.ownClass));
    return found == stored.free.end() ? kNone : found->second;
}

/// One rule of a selector's matchExpressions.
bool holds(const Node& rule, const Node* labels) {
    const std::string how = textAt(&rule, {"operator"});
    const Node* label = nodeAt(labels, {textAt(&rule, {"key"})});
    const bool listed = label != nullptr && hasText(itemsAt(&rule, {"values"}), label->text);
    return how == "In"             ? listed
           : how == "NotIn"        ? !listed
           : how == "Exists"       ? label != nullptr
           : how == "DoesNotExist" ? label == nullptr
                                   : true;
}

bool isSelected(const Node* claim, const Node* volume) {
    const Node* labels = nodeAt(volume, {"metadata", "labels"});
    const Node* wanted = nodeAt(claim, {"spec", "selector", "matchLabels"});
    for (std::size_t i = 0; wanted != nullptr && wanted->isMap() && i < wanted->keys.size(); ++i) {
        const Node* label = nodeAt(labels, {wanted->keys[i].text});
        if (label == nullptr || label->text != wanted->items[i].text) {
            return false;
        }
    }
    return std::ranges::all_of(
        itemsAt(claim, {"spec", "selector", "matchExpressions"}),
        [&](const Node& rule) { return holds(rule, labels); });
}

/// Whether a free volume of the claim's class can be bound to it, as far as both say what they need
/// (kubernetes pkg/controller/volume/persistentvolume, checkVolumeSatisfyClaim).
bool fits(const Node* claim, const Node* volume) {
    const std::vector<Node>& offered = itemsAt(volume, {"spec", "accessModes"});
    for (const Node& mode : itemsAt(claim, {"spec", "accessModes"})) {
        if (!offered.empty() && !hasText(offered, mode.text)) {
            return false;
        }
    }
    const auto wanted = quantityOf(textAt(claim, {"spec", "resources", "requests", "storage"}));
    const auto size = wanted ? quantityOf(textAt(volume, {"spec", "capacity", "storage"})) : std::nullopt;
    return (!size || *size >= *wanted) && isSelected(claim, volume);
}

/// The first of the free volumes that fit, one more than are named.
void addFitting(const StoredVolumes& stored, const Node* claim, std::vector<const Node*>& out) {
    if (textAt(claim, {"spec", "volumeMode"}) == "Block") {
        return; // folders are of the mode Filesystem
    }
    std::size_t found = 0;
    for (const Node* volume : freeFor(stored, claim)) {
        if (found > kNamed) {
            return;
        }
        if (!fits(claim, volume)) {
            continue;
        }
        ++found;
        if (std::ranges::find(out, volume) == out.end()) { // of another claim of the same template
            out.push_back(volume);
        }
    }
}

/// A claim by its name, with what says what it needs, where something does.
struct Wanted {
    StoredVolumes::Key key;
    const Node* claim = nullptr;
};

/// What it is bound to: the volume that is kept for it, or that it names and that is kept for nobody else.
const Node* volumeOf(const StoredVolumes& stored, const Wanted& wanted) {
    if (const auto kept = stored.bound.find(wanted.key); kept != stored.bound.end()) {
        return kept->second;
    }
    const auto named = stored.volumes.find(textAt(wanted.claim, {"spec", "volumeName"}));
    const bool others =
        named != stored.volumes.end() && !textAt(named->second, {"spec", "claimRef", "name"}).empty();
    return named == stored.volumes.end() || others ? nullptr : named->second;
}

/// Whether it waits for any volume: one that names its own waits for that.
bool isOpen(const StoredVolumes& stored, const Wanted& wanted) {
    return wanted.claim != nullptr && volumeOf(stored, wanted) == nullptr &&
           textAt(wanted.claim, {"spec", "volumeName"}).empty();
}

std::string isFolder(const Node* volume) {
    return nameOf(volume) + ", which is " + base::textFromBytes(folderOf(volume));
}

model::Unreadable mayBeBound(const std::string& who, std::vector<const Node*> volumes) {
    sortWidestFirst(volumes);
    const std::string begin = "the cluster may bind " + who + " to ";
    const std::string first = isFolder(volumes.front()) + " of the host";
    if (volumes.size() == 1) {
        return {
            begin + "the PersistentVolume " + first,
            "volumeName: " + nameOf(volumes.front()) + " in the claim, where that is so"};
    }
    std::string all = begin + "one of these PersistentVolumes: " + first;
    for (std::size_t i = 1; i < std::min(volumes.size(), kNamed); ++i) {
        all += "; " + isFolder(volumes[i]);
    }
    return {
        all + (volumes.size() > kNamed ? "; or to another" : ""),
        "volumeName in the claim, where it is one of these"};
}

void showFolder(const Node* volume, AskedMount& mount) {
    mount.source = folderOf(volume);
    mount.volume = false;
    mount.sourceUnknown.reset();
}

std::string throughClaim(const std::string& claim, const Node* volume) {
    return "a folder of the host through the claim " + base::textFromBytes(claim) +
           ": the PersistentVolume " + nameOf(volume);
}

/// The widest of the folders that claims have; the first of them are named.
void showFolders(
    std::vector<std::pair<const Node*, std::string>> folders, const std::string& origin, AskedMount& mount,
    std::vector<std::string>& asked) {
    std::ranges::stable_sort(folders, {}, [](const auto& folder) { return depthOf(folder.first); });
    for (const auto& [volume, claim] : folders | std::views::take(kNamed)) {
        asked.push_back(throughClaim(claim, volume));
    }
    if (folders.size() > kNamed) {
        asked.push_back(
            "folders of the host through " + std::to_string(folders.size() - kNamed) + " more claims " +
            origin);
    }
    if (!folders.empty()) {
        showFolder(folders.front().first, mount);
    }
}

/// The number of a StatefulSet's Pod as its names end: "0", "12".
bool isOrdinal(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
           (text == "0" || text.front() != '0');
}

/// The claims of a template that the file knows, TEMPLATE-SET-ORDINAL (kubernetes
/// pkg/controller/statefulset/stateful_set_utils.go), and one for all others where there will be more.
std::vector<Wanted> numbered(const StoredVolumes& stored, const ClaimTemplate& claimed) {
    const StoredVolumes::Key first{
        claimed.space, textAt(claimed.made, {"metadata", "name"}) + "-" + claimed.set + "-"};
    std::map<StoredVolumes::Key, const Node*> all;
    for (const auto* known : {&stored.claims, &stored.bound}) {
        for (auto at = known->lower_bound(first); at != known->end() && at->first.first == first.first &&
                                                  at->first.second.starts_with(first.second);
             ++at) {
            if (isOrdinal(std::string_view(at->first.second).substr(first.second.size()))) {
                all.emplace(at->first, known == &stored.claims ? at->second : claimed.made);
            }
        }
    }
    std::vector<Wanted> out;
    out.reserve(all.size());
    for (const auto& [key, claim] : all) {
        out.push_back({key, claim});
    }
    if (out.size() < claimed.pods) {
        out.push_back({{claimed.space, first.second + "N"}, claimed.made});
    }
    return out;
}

void keep(StoredVolumes& out, const std::string& name, const Node* volume) {
    out.volumes[name] = volume;
    const Node* ref = nodeAt(volume, {"spec", "claimRef"});
    if (const std::string claim = textAt(ref, {"name"}); !claim.empty()) {
        out.bound[{spaceNamed(textAt(ref, {"namespace"})), claim}] = volume;
    }
    if ((ref == nullptr || ref->isNull()) && !folderOf(volume).empty()) {
        out.free[classOf(volume).value_or("")].push_back(volume);
    }
}

} // namespace

StoredVolumes storedVolumes(const std::vector<const Node*>& objects) {
    StoredVolumes out;
    for (const Node* object : objects) {
        const std::string kind = kindOfObject(*object);
        const std::string name = textAt(object, {"metadata", "name"});
        if (kind == "PersistentVolume") {
            keep(out, name, object);
        } else if (kind == "PersistentVolumeClaim") {
            out.claims[{spaceOfObject(*object), name}] = object;
        } else if (kind == "StorageClass" && isOfCluster(object)) {
            out.ownClass = name;
        }
    }
    for (auto& [name, volumes] : out.free) {
        sortWidestFirst(volumes);
    }
    return out;
}

void settleClaimed(
    const StoredVolumes& stored, const ClaimedVolume& claimed, AskedMount& mount,
    std::vector<std::string>& asked) {
    const StoredVolumes::Key key{claimed.space, claimed.name};
    const auto found = stored.claims.find(key);
    const Wanted wanted{key, found == stored.claims.end() ? nullptr : found->second};
    const Node* volume = volumeOf(stored, wanted);
    if (!folderOf(volume).empty()) {
        showFolder(volume, mount);
        asked.push_back(throughClaim(claimed.name, volume));
        return;
    }
    std::vector<const Node*> maybe;
    if (isOpen(stored, wanted)) {
        addFitting(stored, wanted.claim, maybe);
    }
    if (!maybe.empty()) {
        mount.sourceUnknown = mayBeBound("the claim " + base::textFromBytes(claimed.name), std::move(maybe));
    }
}

void settleTemplate(
    const StoredVolumes& stored, const ClaimTemplate& claimed, AskedMount& mount,
    std::vector<std::string>& asked) {
    const std::string origin = "of the template " + nameOf(claimed.made);
    std::vector<std::pair<const Node*, std::string>> folders;
    std::vector<Wanted> open;
    for (const Wanted& wanted : numbered(stored, claimed)) {
        if (const Node* volume = volumeOf(stored, wanted); !folderOf(volume).empty()) {
            folders.emplace_back(volume, wanted.key.second);
        } else if (isOpen(stored, wanted)) {
            open.push_back(wanted);
        }
    }
    const bool one = open.size() == 1 && open.front().claim != claimed.made;
    const std::string who =
        one ? "the claim " + base::textFromBytes(open.front().key.second) : "a claim " + origin;
    std::vector<const Node*> maybe;
    for (const Wanted& wanted : open) {
        addFitting(stored, wanted.claim, maybe);
    }
    showFolders(std::move(folders), origin, mount, asked);
    if (maybe.empty()) {
        return;
    }
    const model::Unreadable gap = mayBeBound(who, std::move(maybe));
    if (mount.sourceUnknown) {
        mount.sourceUnknown = gap;
    } else {
        asked.push_back(gap.reason);
    }
}

} // namespace bulkhead::claims
