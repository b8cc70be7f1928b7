#include "core/image/layer_tree.h"

#include "core/base/bytes.h"
#include "core/model/capability.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

namespace bulkhead::image {

namespace {

constexpr int kMaxLinks = 40; // as the kernel follows in one path

std::string visible(const std::string& path) {
    return "/" + base::textFromBytes(path);
}

/// What a file's mode and attributes give whoever runs it.
std::vector<std::string> privilegesOf(const EntryDetail& file) {
    std::vector<std::string> out;
    if ((file.mode & 04000U) != 0 && (file.mode & 0111U) != 0) {
        out.push_back("setuid, owner " + std::to_string(file.uid));
    }
    if ((file.mode & 02000U) != 0 && (file.mode & 0010U) != 0) { // without the bit it means locking
        out.push_back("setgid, group " + std::to_string(file.gid));
    }
    if (file.capabilities.value_or(0) != 0) {
        std::string names;
        for (const std::string& name : model::CapabilitySet(*file.capabilities).sortedNames()) {
            names += " " + name;
        }
        out.push_back("file capabilities" + names);
    }
    return out;
}

} // namespace

/// The path with every folder on the way that is a link followed; the last name itself is not.
std::string LayerTree::throughLinks(const std::string& path) const {
    std::string done;
    std::string rest = path;
    for (int links = 0; !rest.empty();) {
        const auto slash = rest.find('/');
        const std::string part = rest.substr(0, slash);
        rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
        if (part.empty() || part == ".") {
            continue;
        }
        if (part == "..") {
            done.resize(done.contains('/') ? done.rfind('/') : 0);
            continue;
        }
        std::string here = done;
        here.append(here.empty() ? "" : "/").append(part);
        const auto link = rest.empty() ? m_links.end() : m_links.find(here);
        if (link == m_links.end() || ++links > kMaxLinks) {
            done = std::move(here);
            continue;
        }
        if (link->second.starts_with('/')) {
            done.clear();
        }
        std::string next = link->second;
        next.append("/").append(rest);
        rest = std::move(next);
    }
    return done;
}

void LayerTree::forget(std::map<std::string, Node>::iterator from, std::map<std::string, Node>::iterator to) {
    for (auto node = from; node != to; ++node) {
        if (node->second.secret >= 0) {
            m_secrets[static_cast<std::size_t>(node->second.secret)].goneIn = m_layers;
        }
    }
    m_nodes.erase(from, to);
}

void LayerTree::removeBelow(const std::string& folder) {
    const std::string first = folder.empty() ? "" : folder + "/";
    const std::string last = folder.empty() ? "" : folder + "0"; // '0' follows '/'
    forget(m_nodes.lower_bound(first), last.empty() ? m_nodes.end() : m_nodes.lower_bound(last));
    m_links.erase(m_links.lower_bound(first), last.empty() ? m_links.end() : m_links.lower_bound(last));
}

void LayerTree::remove(const std::string& path) {
    if (const auto node = m_nodes.find(path); node != m_nodes.end()) {
        forget(node, std::next(node));
    }
    m_links.erase(path);
    removeBelow(path);
}

void LayerTree::put(const std::string& path, Node node) {
    node.layer = m_layers;
    if (!node.detail.secret.empty()) {
        node.secret = static_cast<std::ptrdiff_t>(m_secrets.size());
        m_secrets.push_back({visible(path), std::string(node.detail.secret), m_layers, 0});
    }
    m_nodes.insert_or_assign(path, std::move(node));
}

void LayerTree::link(const std::string& from, const std::string& path) {
    const auto found = m_nodes.find(from);
    const std::optional<Node> linked = found == m_nodes.end() ? std::nullopt : std::optional(found->second);
    if (from != path) {
        remove(path);
        if (linked) {
            put(path, *linked);
        }
    }
}

void LayerTree::add(const Layer& layer, const LayerEntry& entry) {
    const std::string path = throughLinks(entry.path);
    const EntryDetail* detail =
        entry.detail < 0 ? nullptr : &layer.details[static_cast<std::size_t>(entry.detail)];
    if (entry.kind == EntryKind::folder) { // keeps what it has, unless something else stood there
        const auto known = m_nodes.find(path);
        if (known != m_nodes.end()) {
            forget(known, std::next(known));
        }
        m_links.erase(path);
    } else if (entry.kind == EntryKind::hardlink) {
        if (detail == nullptr) {
            return; // the reader keeps where a link leads, always
        }
        link(throughLinks(detail->link), path);
        return;
    } else {
        remove(path);
    }
    if (entry.kind == EntryKind::symlink && detail != nullptr) {
        m_links.insert_or_assign(path, detail->link);
    } else if (detail != nullptr) {
        put(path, {*detail, entry.kind == EntryKind::folder, 0, -1});
    }
}

void LayerTree::lay(const Layer& layer) {
    ++m_layers;
    for (const LayerEntry& entry : layer.entries) { // what a layer deletes is never its own
        if (entry.kind == EntryKind::whiteout) {
            remove(throughLinks(entry.path));
        } else if (entry.kind == EntryKind::opaque) {
            removeBelow(throughLinks(entry.path));
        }
    }
    for (const LayerEntry& entry : layer.entries) {
        if (entry.kind != EntryKind::whiteout && entry.kind != EntryKind::opaque) {
            add(layer, entry);
        }
    }
    for (const std::string& name : layer.climbing) {
        m_climbing.push_back(
            "name that leads out of its layer " + base::textFromBytes(name) + ", layer " +
            std::to_string(m_layers));
    }
}

Contents LayerTree::contents(const std::vector<std::string>& programFolders) const {
    Contents out;
    std::vector<std::string> folders;
    folders.reserve(programFolders.size());
    for (const std::string& folder : programFolders) { // "/x/." so that a link at the end is followed too
        folders.push_back(throughLinks(folder + "/."));
    }
    const auto isProgramFolder = [&](const std::string& path) {
        return std::ranges::find(folders, path) != folders.end();
    };
    for (const auto& [path, node] : m_nodes) {
        for (std::string& what : privilegesOf(node.detail)) {
            if (!node.folder) {
                out.privileged.push_back({visible(path), std::move(what), node.layer});
            }
        }
        const std::string above = path.contains('/') ? path.substr(0, path.rfind('/')) : "";
        const bool open = (node.detail.mode & 0002U) != 0;
        const bool program = !node.folder && (node.detail.mode & 0111U) != 0 && isProgramFolder(above);
        const bool folder = node.folder && (node.detail.mode & 01000U) == 0 && isProgramFolder(path);
        if (open && (program || folder)) {
            out.findings.push_back(
                (program ? "program that anybody may change "
                         : "folder of programs that anybody may change ") +
                visible(path) + ", layer " + std::to_string(node.layer));
        }
    }
    out.findings.insert(out.findings.end(), m_climbing.begin(), m_climbing.end());
    out.secrets = m_secrets;
    std::ranges::sort(out.secrets, [](const SecretFile& a, const SecretFile& b) {
        return std::tie(a.path, a.layer) < std::tie(b.path, b.layer);
    });
    const auto textAt = [&](const char* path) {
        const auto found = m_nodes.find(path);
        return found == m_nodes.end() ? std::string() : found->second.detail.text;
    };
    out.passwd = textAt("etc/passwd");
    out.group = textAt("etc/group");
    return out;
}

} // namespace bulkhead::image
