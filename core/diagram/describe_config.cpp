#include "core/base/bytes.h"
#include "core/diagram/describe.h"
#include "core/diagram/words.h"

#include <algorithm>
#include <map>

namespace bulkhead::diagram {

using model::Snapshot;

SlotText gapText(std::string brief, std::string normal, const model::Unreadable& why) {
    std::string sentence = "not known: " + why.reason;
    if (!why.needs.empty()) {
        sentence += "; needs " + why.needs;
    }
    return {std::move(brief), std::move(normal), std::move(sentence), true};
}

SlotText unstatedText() {
    return {"unstated", "not stated", "this vantage does not say", false};
}

SlotText unseenText() {
    return {"unseen", "not seen from inside", "a look from inside does not show this", true};
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    std::string text = std::to_string(count) + " " + std::string(one);
    if (count != 1) {
        text = many.empty() ? text + "s" : std::to_string(count) + " " + std::string(many);
    }
    return text;
}

SlotText describeImage(const Snapshot& snapshot) {
    const model::ImageRef& image = snapshot.subject.image;
    if (image.ref.empty() && image.digest.empty()) {
        return gapText(
            "unnamed", "not named", {"no engine names the image of this process", "an engine reference"});
    }
    const std::string name = image.ref.empty() ? image.digest.substr(0, 19) : image.ref;
    std::string sentence = name;
    if (!image.digest.empty()) {
        sentence += ", " + image.digest;
    }
    const std::string word = name.substr(0, name.find_first_of(" :@"));
    return {base::shortenMiddle(word, 9), name, sentence, false};
}

SlotText describeRunsAs(const Snapshot& snapshot) {
    return textOf(snapshot.identity.uid, "uid", [&](const model::Ids& ids) -> SlotText {
        if (ids.effective == 0) {
            return {"root", "root", "the process runs as uid 0 of its user namespace", false};
        }
        const std::string uid = std::to_string(ids.effective);
        return {
            base::shortenMiddle("uid " + uid, 9), "uid " + uid,
            "the process runs as uid " + uid + " of its user namespace", false};
    });
}

SlotText describeLeftInLayers(const Snapshot& snapshot) {
    const auto& findings = snapshot.image.findings;
    if (findings.unreadable()) {
        return gapText("unread", "not inspected", findings.gap());
    }
    return textOf(findings, "layers", [](const std::vector<std::string>& found) -> SlotText {
        if (found.empty()) {
            return {"nothing", "nothing found", "nothing was found in the layers", false};
        }
        return {std::to_string(found.size()), counted(found.size(), "finding"), found.front(), false};
    });
}

namespace {

/// Short words for what is asked most.
std::string briefAsk(const std::string& ask) {
    static const std::map<std::string, std::string> kBrief = {
        {"everything", "all"},          {"read-only root", "ro root"}, {"user namespace", "userns"},
        {"no capabilities", "no caps"}, {"no_new_privs", "nnp"},       {"non-root user", "non-root"}};
    if (ask.starts_with("host directory")) {
        return "host dir";
    }
    const auto found = kBrief.find(ask);
    return found != kBrief.end() ? found->second : base::shortenMiddle(ask, 9);
}

/// "; not understood: a, b and 3 more": what was written and counts nowhere.
std::string notUnderstoodText(const std::vector<std::string>& parts) {
    constexpr std::size_t kNamed = 5;
    std::string out;
    for (std::size_t i = 0; i < std::min(parts.size(), kNamed); ++i) {
        out += (i == 0 ? "; not understood: " : ", ") + parts[i];
    }
    return parts.size() > kNamed ? out + " and " + std::to_string(parts.size() - kNamed) + " more" : out;
}

} // namespace

SlotText describeAsksFor(const Snapshot& snapshot) {
    const std::vector<std::string> left = snapshot.config.notUnderstood.valueOr({});
    SlotText text =
        textOf(snapshot.config.asks, "request", [](const std::vector<std::string>& asks) -> SlotText {
            if (asks.empty()) {
                return {"defaults", "defaults", "nothing beyond the engine's defaults", false};
            }
            std::string all;
            for (const std::string& ask : asks) {
                all += all.empty() ? ask : ", " + ask;
            }
            const std::string normal = asks.size() == 1 ? asks.front() : counted(asks.size(), "request");
            const std::string brief =
                asks.size() == 1 ? briefAsk(asks.front()) : std::to_string(asks.size()) + " asks";
            return {brief, normal, all, false};
        });
    text.sentence += notUnderstoodText(left);
    text.normal += left.empty() ? "" : ", " + std::to_string(left.size()) + " not understood";
    return text;
}

namespace {

/// Every host path that is known by itself; of those that are not, why, once for all that share the reason.
std::string mountSentence(const std::vector<const model::Mount*>& mounts) {
    std::vector<std::pair<std::string, std::string>> parts; // where from, and where it is seen
    for (const model::Mount* mount : mounts) {
        const std::string seen = mount->target + (mount->readOnly ? ", read-only" : ", writable");
        if (mount->hostPaths.known() && !mount->hostPaths.value().empty()) {
            parts.emplace_back(mount->hostPaths.value().front(), seen);
            continue;
        }
        std::string from = "a host path that is not known";
        if (mount->hostPaths.unreadable() && !mount->hostPaths.gap().reason.empty()) {
            from += " (" + mount->hostPaths.gap().reason + ")";
        }
        const auto same = std::ranges::find(parts, from, &std::pair<std::string, std::string>::first);
        if (same == parts.end()) {
            parts.emplace_back(std::move(from), seen);
        } else {
            same->second += " and " + seen;
        }
    }
    std::string sentence;
    for (const auto& [from, seen] : parts) {
        sentence += sentence.empty() ? "" : "; ";
        sentence += from;
        sentence += " at " + seen;
    }
    return sentence;
}

SlotText describeMountsFromHost(const std::vector<model::Mount>& mounts) {
    std::vector<const model::Mount*> found;
    std::string ofEngine;
    for (const model::Mount& mount : mounts) {
        if (isBroughtFromHost(mount)) {
            found.push_back(&mount);
        } else if (mount.visible && mount.kind == model::MountKind::engineFile) {
            ofEngine += (ofEngine.empty() ? "; the engine's own files are at " : ", ") + mount.target;
        }
    }
    if (found.empty()) {
        return {"none", "none", "no file or directory of the host's own is mounted" + ofEngine, false};
    }
    const auto writable = std::ranges::count_if(found, [](const auto* mount) { return !mount->readOnly; });
    const std::string access = writable > 0 ? " rw" : " ro";
    const std::string normal = found.size() == 1 ? base::shortenMiddle(found.front()->target, 18) + access
                                                 : counted(found.size(), "mount") + "," + access;
    return {std::to_string(found.size()) + access, normal, mountSentence(found) + ofEngine, false};
}

} // namespace

SlotText describeHostMounts(const Snapshot& snapshot) {
    return textOf(snapshot.mounts, "mounts", describeMountsFromHost);
}

SlotText describeHostFiles(const Snapshot& snapshot) {
    const auto space = snapshot.namespaces.find(model::NamespaceType::mnt);
    if (space != snapshot.namespaces.end() && space->second.sharedWithHost.valueOr(false)) {
        return {
            "all", "all of them", "it lives in the host's own mount namespace: every file of the host",
            false};
    }
    return textOf(snapshot.mounts, "mounts", describeMountsFromHost);
}

} // namespace bulkhead::diagram
