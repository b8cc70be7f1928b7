#include "core/kernel/mount_tree.h"

#include <set>
#include <unordered_map>

namespace bulkhead::kernel {

namespace {

using Indices = std::vector<std::size_t>;

/// Mounts by the id of their parent, in file order. A mount that names itself as parent is a root.
std::unordered_map<std::int64_t, Indices> childrenOf(const std::vector<MountEntry>& entries) {
    std::unordered_map<std::int64_t, Indices> children;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].parent != entries[i].id) {
            children[entries[i].parent].push_back(i);
        }
    }
    return children;
}

/// Roots first, then depth first; entries on a cycle (never written by a kernel) follow at the end.
Indices
treeOrder(const std::vector<MountEntry>& entries, const std::unordered_map<std::int64_t, Indices>& children) {
    std::set<std::int64_t> ids;
    for (const MountEntry& entry : entries) {
        ids.insert(entry.id);
    }
    Indices order;
    std::vector<bool> done(entries.size());
    const auto walkFrom = [&](std::size_t root) {
        Indices stack{root};
        while (!stack.empty()) {
            const std::size_t at = stack.back();
            stack.pop_back();
            if (done[at]) {
                continue;
            }
            done[at] = true;
            order.push_back(at);
            if (const auto found = children.find(entries[at].id); found != children.end()) {
                stack.insert(stack.end(), found->second.rbegin(), found->second.rend());
            }
        }
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].parent == entries[i].id || !ids.contains(entries[i].parent)) {
            walkFrom(i);
        }
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        walkFrom(i);
    }
    return order;
}

/// For one parent: the last mount at each target.
using LastAtTarget = std::unordered_map<std::string_view, std::size_t>;

bool passedOver(std::size_t self, std::string_view target, const LastAtTarget& siblings) {
    if (siblings.at(target) != self) {
        return true;
    }
    for (std::string_view up = target; up != "/" && !up.empty();) {
        up = parentOf(up);
        if (siblings.contains(up)) {
            return true;
        }
    }
    return false;
}

} // namespace

bool isWithin(std::string_view path, std::string_view top) {
    if (top == "/") {
        return path.starts_with('/');
    }
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

std::string_view parentOf(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos || slash == 0) {
        return "/";
    }
    return path.substr(0, slash);
}

MountTree buildMountTree(std::vector<MountEntry> entries) {
    const auto children = childrenOf(entries);
    std::unordered_map<std::int64_t, LastAtTarget> siblings;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].parent != entries[i].id) {
            siblings[entries[i].parent].insert_or_assign(entries[i].target, i);
        }
    }
    std::unordered_map<std::int64_t, bool> reached; // by id: a walk comes to its root, or to what covers it
    std::vector<bool> visible(entries.size());
    const Indices order = treeOrder(entries, children);
    for (const std::size_t i : order) {
        const MountEntry& entry = entries[i];
        const auto parent = reached.find(entry.parent);
        const bool ownRoot = entry.parent == entry.id;
        const bool reachable = ownRoot || ((parent == reached.end() || parent->second) &&
                                           !passedOver(i, entry.target, siblings[entry.parent]));
        reached[entry.id] = reachable;
        const auto mine = siblings.find(entry.id);
        const bool covered = mine != siblings.end() && mine->second.contains(entry.target);
        visible[i] = reachable && !covered;
    }
    MountTree tree;
    for (const std::size_t i : order) {
        if (visible[i]) {
            tree.topmost.insert_or_assign(entries[i].target, tree.mounts.size());
        }
        tree.mounts.push_back({std::move(entries[i]), visible[i]});
    }
    return tree;
}

const MountEntry* MountTree::at(std::string_view path) const {
    for (std::string_view up = path;; up = parentOf(up)) {
        if (const auto found = topmost.find(up); found != topmost.end()) {
            return &mounts[found->second].entry;
        }
        if (up == "/") {
            return nullptr;
        }
    }
}

} // namespace bulkhead::kernel
