#include "core/image/secret_files.h"

#include "core/base/secret_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace bulkhead::image {

namespace {

constexpr std::string_view kWhite = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(kWhite);
    return from == std::string_view::npos ? std::string_view()
                                          : text.substr(from, text.find_last_not_of(kWhite) - from + 1);
}

/// Calls back for each line, without white space around it, until it says true.
template <class Found>
bool anyLine(std::string_view text, Found found) {
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        if (found(trimmed(text.substr(at, end - at)))) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

bool isBase64(std::string_view line) {
    return std::ranges::all_of(
        line, [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '='; });
}

/// A header of a private key (RFC 7468, PKCS#1, SEC 1, OpenSSH) before lines of base64; the header alone
/// stands in programs and documents. RFC 1421 puts fields between the two.
std::string_view privateKey(std::string_view text) {
    constexpr std::size_t kShortest = 32;
    bool open = false;
    bool locked = false;
    const bool found = anyLine(text, [&](std::string_view line) {
        if (line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----")) {
            open = true;
            locked = line.contains("ENCRYPTED");
            return false;
        }
        if (open && (line.empty() || line.contains(':'))) {
            locked = locked || line.contains("ENCRYPTED");
            return false;
        }
        if (open && line.size() >= kShortest && isBase64(line)) {
            return true;
        }
        open = false;
        return false;
    });
    return !found ? "" : locked ? "encrypted private key" : "private key";
}

/// Whether something stands behind the word and a sign: "_authToken=x", "token: x". A variable is no value.
bool hasValue(std::string_view line, std::string_view word, char sign) {
    const auto at = line.find(word);
    if (at == std::string_view::npos) {
        return false;
    }
    std::string_view rest = trimmed(line.substr(at + word.size()));
    if (!rest.starts_with(sign)) {
        return false;
    }
    rest = trimmed(rest.substr(1));
    while (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
        rest.remove_prefix(1);
    }
    constexpr std::string_view kNoValue = "$<{\"'},#";
    return !rest.empty() && !kNoValue.contains(rest.front()) && !rest.starts_with("null");
}

bool cloudCredentials(std::string_view text) {
    return anyLine(text, [](std::string_view line) { return hasValue(line, "aws_secret_access_key", '='); });
}

bool npmToken(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        return !line.starts_with('#') && !line.starts_with(';') &&
               (hasValue(line, "_authToken", '=') || hasValue(line, "_auth", '=') ||
                hasValue(line, "_password", '='));
    });
}

bool registryLogin(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        return hasValue(line, "\"auth\"", ':') || hasValue(line, "\"identitytoken\"", ':') ||
               hasValue(line, "\"password\"", ':');
    });
}

bool clusterLogin(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        return hasValue(line, "client-key-data", ':') || hasValue(line, "token", ':') ||
               hasValue(line, "password", ':');
    });
}

/// "https://name:password@host"
bool loginInAddress(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        const auto host = line.find("://");
        const auto at = line.find('@');
        const auto colon = host == std::string_view::npos ? host : line.find(':', host + 3);
        return at != std::string_view::npos && colon < at && at - colon > 1;
    });
}

/// "machine x login y password z", in one line or several
bool netrc(std::string_view text) {
    constexpr std::string_view kWord = "password ";
    return anyLine(text, [&](std::string_view line) {
        const auto at = line.find(kWord);
        return at != std::string_view::npos && !trimmed(line.substr(at + kWord.size())).empty();
    });
}

/// "host:port:database:user:password"
bool postgresLogin(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        return !line.starts_with('#') && std::ranges::count(line, ':') >= 4 && !line.ends_with(':');
    });
}

bool indexLogin(std::string_view text) {
    return anyLine(text, [](std::string_view line) { return hasValue(line, "password", '='); });
}

/// A hash in shadow(5); "*" and "!" are none.
bool passwordHash(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        const auto colon = line.find(':');
        return colon != std::string_view::npos && line.substr(colon + 1).starts_with('$');
    });
}

bool mavenLogin(std::string_view text) {
    constexpr std::string_view kTag = "<password>";
    return anyLine(text, [&](std::string_view line) {
        const auto at = line.find(kTag);
        return at != std::string_view::npos && line.size() > at + kTag.size() &&
               line[at + kTag.size()] != '<' && line[at + kTag.size()] != '$';
    });
}

bool environmentFile(std::string_view text) {
    return anyLine(text, [](std::string_view line) {
        const auto equals = line.find('=');
        const std::string name(line.substr(0, std::min(equals, line.size())));
        return equals != std::string_view::npos && !line.starts_with('#') &&
               !base::secretNames({name}).empty() && hasValue(line, name, '=');
    });
}

bool anything(std::string_view text) {
    return !trimmed(text).empty();
}

/// A place that is known for a kind of credential, and the shape that it has there.
struct Place {
    std::string_view end; ///< of the path, from the beginning of a name on
    std::string_view kind;
    bool (*looksLike)(std::string_view content);
};

constexpr std::array kPlaces = {
    Place{".aws/credentials", "cloud credentials", cloudCredentials},
    Place{".npmrc", "npm token", npmToken},
    Place{".docker/config.json", "registry credentials", registryLogin},
    Place{".dockercfg", "registry credentials", registryLogin},
    Place{"containers/auth.json", "registry credentials", registryLogin},
    Place{".kube/config", "kubeconfig", clusterLogin},
    Place{"kubeconfig", "kubeconfig", clusterLogin},
    Place{"etc/kubernetes/admin.conf", "kubeconfig", clusterLogin},
    Place{"etc/kubernetes/kubelet.conf", "kubeconfig", clusterLogin},
    Place{".git-credentials", "git credentials", loginInAddress},
    Place{".netrc", "login", netrc},
    Place{".pgpass", "database password", postgresLogin},
    Place{".pypirc", "package index password", indexLogin},
    Place{".vault-token", "vault token", anything},
    Place{".m2/settings.xml", "package index password", mavenLogin},
    Place{"etc/shadow", "password hash", passwordHash},
    Place{".env", "secrets in an environment file", environmentFile},
};

bool isAt(std::string_view path, std::string_view end) {
    return path.ends_with(end) && (path.size() == end.size() || path[path.size() - end.size() - 1] == '/');
}

} // namespace

std::string_view secretKind(std::string_view path, std::string_view content) {
    for (const Place& place : kPlaces) {
        if (isAt(path, place.end) && place.looksLike(content)) {
            return place.kind;
        }
    }
    if (path.ends_with(".json") && content.contains("\"service_account\"") &&
        content.contains("\"private_key\"") && content.contains("-----BEGIN PRIVATE KEY-----\\n")) {
        return "cloud service account key";
    }
    return content.contains("PRIVATE KEY-----") ? privateKey(content) : "";
}

std::vector<std::string> secretArguments(std::string_view createdBy) {
    const auto bar = createdBy.find('|');
    if (bar == std::string_view::npos || (bar != 0 && createdBy.substr(0, bar) != "RUN ")) {
        return {};
    }
    std::string_view rest = createdBy.substr(bar + 1);
    int count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{}) {
        return {};
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::vector<std::string> names;
    for (int i = 0; i < count && !rest.empty(); ++i) {
        rest = trimmed(rest);
        const std::string_view word = rest.substr(0, std::min(rest.find(' '), rest.size()));
        const auto equals = word.find('=');
        if (equals != std::string_view::npos && equals + 1 < word.size()) {
            names.emplace_back(word.substr(0, equals));
        }
        rest.remove_prefix(word.size());
    }
    return base::secretNames(names);
}

} // namespace bulkhead::image
