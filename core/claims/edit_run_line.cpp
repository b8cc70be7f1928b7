#include "core/claims/claim.h"
#include "core/claims/clean_path.h"
#include "core/claims/edit_forms.h"
#include "core/claims/run_line.h"

#include <algorithm>
#include <array>
#include <functional>
#include <ranges>

namespace bulkhead::claims {

namespace {

/// An option of the line as it stands there: its words, its name and its value.
struct Written {
    std::size_t at = 0;
    std::size_t count = 1;
    std::string name;
    std::string value;
};

const RunOption* optionNamed(std::string_view name) {
    const auto found = std::ranges::find(runOptions(), name, &RunOption::name);
    return found == runOptions().end() ? nullptr : &*found;
}

Written writtenAt(const Words& words, std::size_t at) {
    const std::string& word = words[at];
    const auto equals = word.find('=');
    Written out{at, 1, word, ""};
    if (word.starts_with("--") && equals != std::string::npos) {
        out.name = word.substr(0, equals);
        out.value = word.substr(equals + 1);
    } else if (!word.starts_with("--") && word.size() > 2 && optionNamed(word) == nullptr) {
        out.name = word.substr(0, 2);
        out.value = word.substr(word[2] == '=' ? 3 : 2);
    } else if (const RunOption* known = optionNamed(word);
               known != nullptr && !known->isFlag && at + 1 < words.size()) {
        out.count = 2;
        out.value = words[at + 1];
    }
    return out;
}

std::vector<Written> optionsIn(const Words& words, std::size_t first) {
    std::vector<Written> out;
    for (std::size_t at = first; at < words.size() && words[at].starts_with('-') && words[at] != "--";) {
        out.push_back(writtenAt(words, at));
        at += out.back().count;
    }
    return out;
}

using Wanted = std::function<bool(const Written&)>;

void erase(Words& words, std::size_t first, const Wanted& wanted) {
    const auto options = optionsIn(words, first);
    for (const Written& option : options | std::views::reverse) {
        if (wanted(option)) {
            const auto at = words.begin() + static_cast<std::ptrdiff_t>(option.at);
            words.erase(at, at + static_cast<std::ptrdiff_t>(option.count));
        }
    }
}

Wanted named(std::vector<std::string> names) {
    return [names = std::move(names)](const Written& option) {
        return std::ranges::find(names, option.name) != names.end();
    };
}

Wanted securityOption(std::vector<std::string> beginnings) {
    return [beginnings = std::move(beginnings)](const Written& option) {
        return option.name == "--security-opt" &&
               std::ranges::any_of(
                   beginnings, [&](const std::string& start) { return option.value.starts_with(start); });
    };
}

void insert(Words& words, std::size_t first, std::initializer_list<std::string> added) {
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(first), added);
}

bool isVolume(const Written& option) {
    return option.name == "-v" || option.name == "--volume" || option.name == "--mount";
}

/// "target" of a --mount, the middle of a -v.
std::string targetOf(const Written& option) {
    if (option.name != "--mount") {
        const auto mount = mountOfVolume(option.value, {});
        return mount ? cleanPath(mount->target) : "";
    }
    const std::string text = "," + option.value + ",";
    for (const char* key : {",target=", ",dst=", ",destination="}) {
        if (const auto at = text.find(key); at != std::string::npos) {
            const auto start = at + std::string_view(key).size();
            return cleanPath(text.substr(start, text.find(',', start) - start));
        }
    }
    return "";
}

/// The value of -v with a word more and its opposites less.
std::string volumeWith(const std::string& text, std::string_view word) {
    const auto first = text.find(':');
    const auto second = first == std::string::npos ? first : text.find(':', first + 1);
    std::string out = text.substr(0, second) + ":" + std::string(word);
    const std::string options = second == std::string::npos ? "" : text.substr(second + 1);
    for (std::size_t at = 0; at < options.size();) {
        const auto comma = std::min(options.find(',', at), options.size());
        const std::string one = options.substr(at, comma - at);
        const bool replaced =
            word == "ro" ? one == "rw" || one == "ro" : one.ends_with("shared") || one.ends_with("slave");
        out += replaced ? "" : "," + one;
        at = comma + 1;
    }
    return out;
}

base::Status editVolume(Words& words, std::size_t first, const ChangeAsk& change) {
    const auto isIt = [&](const Written& option) {
        const std::string target = isVolume(option) ? targetOf(option) : "";
        return target == change.object || target.starts_with(change.object + "/");
    };
    if (change.kind == ChangeKind::removeMount) {
        erase(words, first, isIt);
        return {};
    }
    const bool readOnly = change.kind == ChangeKind::readOnlyMount;
    for (const Written& option : optionsIn(words, first)) {
        if (!isIt(option)) {
            continue;
        }
        const std::string value = option.name == "--mount"
                                      ? option.value + (readOnly ? ",readonly" : ",bind-propagation=rprivate")
                                      : volumeWith(option.value, readOnly ? "ro" : "rprivate");
        std::string& word = words[option.at + option.count - 1];
        word = option.count == 2 ? value : option.name + "=" + value;
    }
    return {};
}

/// Runtimes fail with it beside these, and dockerd refuses it (moby verifyPlatformContainerSettings).
base::Status mayOwnUsers(const Words& words, std::size_t first, bool podman) {
    for (const Written& option : optionsIn(words, first)) {
        const bool host = option.value == "host" && named({"--net", "--network", "--pid", "--ipc"})(option);
        if (host || (!podman && option.name == "--privileged" && option.value != "false")) {
            return base::fail(
                base::ErrorKind::unsupported, "a user namespace of its own is refused beside " + option.name +
                                                  (host ? " host" : "") + "; that must go first");
        }
    }
    return {};
}

base::Status ownUsers(Words& words, std::size_t first, bool podman) {
    const auto host = [](const Written& option) {
        return option.name == "--userns" && option.value == "host";
    };
    if (!podman && std::ranges::none_of(optionsIn(words, first), host)) {
        return std::unexpected(cannotSay(
            "docker run", "a user namespace of its own; the daemon's userns-remap gives one to all"));
    }
    if (const auto may = mayOwnUsers(words, first, podman); !may) {
        return may;
    }
    erase(words, first, named({"--userns", "--uidmap", "--gidmap"})); // podman refuses these beside auto
    if (podman) {
        insert(words, first, {"--userns=auto"});
    }
    return {};
}

base::Status ownNamespace(Words& words, std::size_t first, const std::string& type) {
    const bool podman = std::ranges::any_of(
        words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first),
        [](const std::string& word) { return word == "podman" || word.ends_with("/podman"); });
    if (type == "net") {
        erase(words, first, named({"--net", "--network"}));
        return {};
    }
    if (type == "user") {
        return ownUsers(words, first, podman);
    }
    const std::string option = type == "cgroup" ? "--cgroupns" : "--" + type;
    erase(words, first, named({option}));
    if (type == "cgroup") {
        insert(words, first, {"--cgroupns=private"});
    }
    return {};
}

void leavePrivileged(Words& words, std::size_t first) {
    erase(words, first, named({"--privileged", "--cap-add", "--device", "--device-cgroup-rule"}));
    erase(words, first, securityOption({"seccomp", "apparmor", "systempaths", "unmask"}));
}

void dropCapability(Words& words, std::size_t first, const std::string& capability) {
    for (const Written& option : optionsIn(words, first)) {
        if (option.name == "--cap-add" && option.value.contains(',')) { // one word for several
            std::string kept;
            for (std::size_t at = 0; at < option.value.size();) {
                const auto comma = std::min(option.value.find(',', at), option.value.size());
                const std::string one = option.value.substr(at, comma - at);
                kept += sameCapability(one, capability) ? "" : (kept.empty() ? "" : ",") + one;
                at = comma + 1;
            }
            words[option.at + option.count - 1] = option.count == 2 ? kept : option.name + "=" + kept;
        }
    }
    erase(words, first, [&](const Written& option) {
        return option.name == "--cap-add" &&
               (option.value.empty() || sameCapability(option.value, capability));
    });
    insert(words, first, {"--cap-drop", shortCapability(capability)});
}

void setLimit(Words& words, std::size_t first, const std::string& resource) {
    if (resource == "pids") {
        erase(words, first, named({"--pids-limit"}));
        insert(words, first, {"--pids-limit", std::string(defaultLimit(resource))});
    } else if (resource == "memory") {
        erase(words, first, named({"--memory", "-m"}));
        insert(words, first, {"--memory", std::string(defaultLimit(resource))});
    } else {
        erase(words, first, named({"--cpus"}));
        insert(words, first, {"--cpus", "1"});
    }
}

Wanted deviceAt(const std::string& path) {
    return [path](const Written& option) {
        const auto first = option.value.find(':');
        const std::string inside = first == std::string::npos ? "" : option.value.substr(first + 1);
        return option.name == "--device" &&
               (option.value.substr(0, first) == path || inside == path || inside.starts_with(path + ":"));
    };
}

} // namespace

std::optional<std::string> optionsOfShell(const Words& words, std::size_t options) {
    const auto known = optionsIn(words, options);
    const std::size_t at = known.empty() ? options : known.back().at + known.back().count;
    const bool more = at + 1 < words.size() && isOfShell(words[at]) && words[at + 1].starts_with('-');
    return more ? std::optional(words[at]) : std::nullopt;
}

base::Status editRunWords(Words& words, std::size_t options, const ChangeAsk& change) {
    switch (change.kind) {
    case ChangeKind::notPrivileged:
        leavePrivileged(words, options);
        return {};
    case ChangeKind::defaultCapabilities:
        erase(words, options, named({"--cap-add"}));
        return {};
    case ChangeKind::dropCapability:
        dropCapability(words, options, change.object);
        return {};
    case ChangeKind::noNewPrivileges:
        erase(words, options, securityOption({"no-new-privileges"}));
        insert(words, options, {"--security-opt", "no-new-privileges"});
        return {};
    case ChangeKind::runAsUser:
        erase(words, options, named({"--user", "-u"}));
        insert(words, options, {"--user", change.object + ":" + change.object});
        return {};
    case ChangeKind::dropGroups:
        erase(words, options, named({"--group-add"}));
        return {};
    case ChangeKind::ownNamespace:
        return ownNamespace(words, options, change.object);
    case ChangeKind::removeMount:
    case ChangeKind::readOnlyMount:
    case ChangeKind::privateMount:
        return editVolume(words, options, change);
    case ChangeKind::readOnlyRoot:
        erase(words, options, named({"--read-only"}));
        insert(words, options, {"--read-only"});
        return {};
    case ChangeKind::protectPaths:
        erase(words, options, securityOption({"systempaths", "unmask"}));
        return {};
    case ChangeKind::removeDevice:
        erase(words, options, deviceAt(change.object));
        return {};
    case ChangeKind::standardDevices:
        erase(words, options, named({"--device"}));
        return {};
    case ChangeKind::defaultDevicePolicy:
        erase(words, options, named({"--device-cgroup-rule"}));
        return {};
    case ChangeKind::enforceAppArmor:
        erase(words, options, securityOption({"apparmor"}));
        return {};
    case ChangeKind::defaultSeccomp:
        erase(words, options, securityOption({"seccomp"}));
        return {};
    case ChangeKind::limit:
        setLimit(words, options, change.object);
        return {};
    case ChangeKind::readOnlyKernelFiles:
        erase(words, options, securityOption({"writable-cgroups", "unmask"}));
        return {};
    }
    return std::unexpected(cannotSay("a run line", change.object));
}

} // namespace bulkhead::claims
