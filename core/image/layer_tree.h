#pragma once

#include "core/image/layer.h"

#include <map>
#include <string>
#include <vector>

namespace bulkhead::image {

/// A file with privileges of its own, in the tree that a container sees.
struct PrivilegedFile {
    std::string path; ///< with a slash in front
    std::string what; ///< "setuid, owner 0", "setgid, group 42", "file capabilities CAP_NET_RAW"
    std::size_t layer = 0;

    bool operator==(const PrivilegedFile&) const = default;
};

/// A file of credentials in any layer.
struct SecretFile {
    std::string path;
    std::string kind;
    std::size_t layer = 0;  ///< counted from 1, the lowest
    std::size_t goneIn = 0; ///< the layer that deletes or replaces it; 0: it is still there

    bool operator==(const SecretFile&) const = default;
};

/// What the layers hold, one laid over the other.
struct Contents {
    std::vector<PrivilegedFile> privileged; ///< by path
    std::vector<SecretFile> secrets;        ///< by path
    std::vector<std::string> findings;      ///< programs that anybody may change, names that lead out
    std::string passwd;                     ///< /etc/passwd
    std::string group;                      ///< /etc/group

    bool operator==(const Contents&) const = default;
};

/// Lays layers over each other, the lowest first, as engines do: what a layer deletes of those below, links,
/// replaced folders. Keeps what has privileges, secrets and links; nothing else matters.
class LayerTree {
public:
    void lay(const Layer& layer);
    /// `programFolders`: those that a PATH names.
    [[nodiscard]] Contents contents(const std::vector<std::string>& programFolders) const;

private:
    struct Node {
        EntryDetail detail;
        bool folder = false;
        std::size_t layer = 0;
        std::ptrdiff_t secret = -1; ///< into m_secrets
    };

    [[nodiscard]] std::string throughLinks(const std::string& path) const;
    void remove(const std::string& path);
    void removeBelow(const std::string& folder);
    void forget(std::map<std::string, Node>::iterator from, std::map<std::string, Node>::iterator to);
    void link(const std::string& from, const std::string& path);
    void add(const Layer& layer, const LayerEntry& entry);
    void put(const std::string& path, Node node);

    std::map<std::string, Node> m_nodes;
    std::map<std::string, std::string, std::less<>> m_links;
    std::vector<SecretFile> m_secrets;
    std::vector<std::string> m_climbing;
    std::size_t m_layers = 0;
};

} // namespace bulkhead::image
