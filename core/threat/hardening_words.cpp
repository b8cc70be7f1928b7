#include "core/threat/hardening_rows.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

namespace {

using enum claims::ChangeKind;

/// How the forms say a change that each says otherwise for another object; empty where one has no way to.
struct WordsOfObject {
    claims::ChangeKind kind{};
    std::string_view object;
    std::array<std::string_view, claims::kConfigForms> words;
};

constexpr auto kWords = std::to_array<WordsOfObject>({
    {ownNamespace,
     "pid",
     {"without --pid=host", "without --pid=host", "without pid: host", "spec.hostPID: false",
      "linux.namespaces: pid without a path", ""}},
    {ownNamespace,
     "net",
     {"without --network=host", "without --network=host", "without network_mode: host",
      "spec.hostNetwork: false", "linux.namespaces: network without a path", ""}},
    {ownNamespace,
     "ipc",
     {"without --ipc=host", "without --ipc=host", "without ipc: host", "spec.hostIPC: false",
      "linux.namespaces: ipc without a path", ""}},
    {ownNamespace,
     "uts", // a Pod on the host's network has its host name
     {"without --uts=host", "without --uts=host", "without uts: host", "spec.hostNetwork: false",
      "linux.namespaces: uts without a path", ""}},
    {ownNamespace,
     "cgroup",
     {"--cgroupns=private", "--cgroupns=private", "cgroup: private", "",
      "linux.namespaces: cgroup without a path", ""}},
    {ownNamespace,
     "user", // of Docker only where its daemon gives one unasked
     {"without --userns=host", "--userns=auto", "without userns_mode: host", "spec.hostUsers: false",
      "linux.namespaces: user, linux.uidMappings and gidMappings: 65536 ids from 200000",
      "userNamespace: outside 200000, length 65536"}},
    {limit,
     "pids", // of a Pod the kubelet's podPidsLimit
     {"--pids-limit 512", "--pids-limit 512", "pids_limit: 512", "", "linux.resources.pids.limit: 512",
      "limits.pids: 512"}},
    {limit,
     "memory",
     {"--memory 1073741824", "--memory 1073741824", "mem_limit: 1073741824",
      "resources.limits.memory: \"1Gi\"", "linux.resources.memory.limit: 1073741824",
      "limits.memory: 1073741824"}},
    {limit,
     "cpu",
     {"--cpus 1", "--cpus 1", "cpus: \"1.0\"", "resources.limits.cpu: \"1\"",
      "linux.resources.cpu: quota 100000, period 100000", "limits.cpu: 1000"}},
});

std::string filled(std::string_view pattern, const std::string& object) {
    const auto replace = [](std::string text, std::string_view mark, std::string_view value) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
            text.replace(at, mark.size(), value);
        }
        return text;
    };
    const std::string_view plain = std::string_view(object).substr(object.starts_with("CAP_") ? 4 : 0);
    return replace(replace(std::string(pattern), "{short}", plain), "{}", object);
}

} // namespace

std::string titleOf(const Change& change) {
    return filled(change.row->title, change.object);
}

std::string factPathOf(const Change& change) {
    return filled(change.row->path, change.object);
}

std::string wordsOf(const Change& change, claims::ConfigForm form) {
    const auto place = static_cast<std::size_t>(form);
    const auto* row = std::ranges::find_if(kWords, [&](const WordsOfObject& one) {
        return one.kind == change.row->kind && one.object == change.object;
    });
    if (row != kWords.end()) {
        return std::string(row->words.at(place));
    }
    return filled(change.row->words.at(place), change.object);
}

} // namespace bulkhead::threat
