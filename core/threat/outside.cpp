#include "core/threat/outside.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

namespace {

using claims::ChangeKind;
using claims::ConfigForm;
using model::Truth;

/// Where else a change can be made. dockerd(8) userns-remap; KubeletConfiguration (v1beta1) podPidsLimit.
struct OutsideWords {
    ConfigForm form{};
    ChangeKind kind{};
    std::string_view object;
    std::string_view words;
};

constexpr std::array kOutside = {
    OutsideWords{
        ConfigForm::docker, ChangeKind::ownNamespace, "user",
        "\"userns-remap\": \"default\" in /etc/docker/daemon.json"},
    OutsideWords{
        ConfigForm::compose, ChangeKind::ownNamespace, "user",
        "\"userns-remap\": \"default\" in /etc/docker/daemon.json"},
    OutsideWords{
        ConfigForm::kubernetes, ChangeKind::limit, "pids",
        "podPidsLimit: 512 in the configuration of the kubelet"},
};

const OutsideWords* wordsFor(const Change& change, ConfigForm form) {
    const auto* found = std::ranges::find_if(kOutside, [&](const OutsideWords& row) {
        return row.form == form && row.kind == change.row->kind && row.object == change.object;
    });
    return found == kOutside.end() ? nullptr : found;
}

} // namespace

std::vector<OutsideChange> outsideOf(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    ConfigForm form) {
    constexpr std::size_t kAll = 1000;
    std::vector<OutsideChange> out;
    if (attack.paths.empty()) {
        return out;
    }
    const std::vector<Change> said = changesFor(snapshot, ordinary, form);
    for (const Change& change : changesFor(snapshot, ordinary)) {
        const OutsideWords* row = wordsFor(change, form);
        if (row == nullptr || std::ranges::find(said, change) != said.end()) {
            continue;
        }
        const Attack after =
            attackOn(hardened(snapshot, std::array{change}, ordinary, form), judge, {false, kAll});
        OutsideChange one{change, std::string(row->words), {}, Truth::unknown};
        for (const Path& path : attack.paths) {
            if (std::ranges::find(after.paths, path.id, &Path::id) == after.paths.end()) {
                one.closes.push_back(path.id);
                one.certainty = model::either(one.certainty, path.certainty);
            }
        }
        if (!one.closes.empty()) {
            out.push_back(std::move(one));
        }
    }
    return out;
}

} // namespace bulkhead::threat
