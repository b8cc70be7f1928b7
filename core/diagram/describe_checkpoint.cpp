#include "core/base/bytes.h"
#include "core/diagram/describe.h"

#include <algorithm>

namespace bulkhead::diagram {

using model::Snapshot;

namespace {

SlotText mappedRoot(const model::IdMap& map) {
    const auto root = map.toHost(0);
    if (!root) {
        return {"nobody", "no root", "uid 0 is not mapped: nobody in here is root", false};
    }
    if (*root == 0) {
        return {
            "host root", "host root", "uid 0 in here is uid 0 of the host, in a user namespace of its own",
            false};
    }
    const std::string uid = std::to_string(*root);
    return {
        uid.size() > 9 ? "mapped" : uid, "uid " + uid, "uid 0 in here is uid " + uid + " of the host", false};
}

} // namespace

SlotText describeRoot(const Snapshot& snapshot) {
    const auto& initial = snapshot.identity.userNamespaceIsHost;
    if (initial.known() && initial.value()) {
        return {
            "host root", "host root", "root in here is the host's root: no user namespace stands between",
            false};
    }
    const model::IdMap* map = snapshot.identity.uidMap.get();
    if (initial.unreadable() && map != nullptr && map->isFullIdentity()) {
        return gapText("unread", "owner unread", initial.gap());
    }
    return textOf(snapshot.identity.uidMap, "map", mappedRoot);
}

namespace {

/// "net together with web, db".
std::string togetherWith(model::NamespaceType type, const model::Namespace& space) {
    std::string names;
    for (const std::string& name : space.sharedWith) {
        names += (names.empty() ? "" : ", ") + name;
    }
    return std::string(model::nameOf(type)) + " together with " + names;
}

} // namespace

SlotText describeNamespaces(const Snapshot& snapshot) {
    std::size_t own = 0;
    std::size_t joint = 0;
    std::string shared;
    std::string together;
    const model::Unreadable* gap = nullptr;
    std::size_t unread = 0;
    for (const auto& [type, space] : snapshot.namespaces) {
        joint += space.sharedWith.empty() ? 0 : 1;
        together += space.sharedWith.empty() ? "" : "; " + togetherWith(type, space);
        if (space.sharedWithHost.unreadable()) {
            gap = &space.sharedWithHost.gap();
            ++unread;
        } else if (space.sharedWithHost.known() && !space.sharedWithHost.value()) {
            ++own;
        } else if (space.sharedWithHost.known()) {
            shared += (shared.empty() ? "" : ", ") + std::string(model::nameOf(type));
        }
    }
    if (gap != nullptr && unread == snapshot.namespaces.size()) {
        return gapText("unread", "links unread", *gap);
    }
    if (snapshot.namespaces.empty()) {
        return unstatedText();
    }
    const std::string count = std::to_string(own) + " of 8";
    std::string sentence = count + " namespaces are its own";
    sentence += shared.empty() ? "" : "; shared with the host: " + shared;
    sentence += together;
    sentence += unread == 0 ? "" : "; " + std::to_string(unread) + " could not be read";
    const std::string also = joint == 0 ? "" : ", " + std::to_string(joint) + " joint";
    return {count, count + " own" + also, sentence, false};
}

SlotText describeCapabilities(const Snapshot& snapshot) {
    const auto& capabilities = snapshot.capabilities.effective;
    return textOf(capabilities, "sets", [&](const model::CapabilitySet& set) -> SlotText {
        const std::string count = std::to_string(set.size());
        const std::int64_t last = snapshot.host.capLastCap.valueOr(model::kKnownCapabilities - 1);
        const std::string of = count + " of " + std::to_string(last + 1) + " capabilities";
        if (set.empty()) {
            return {"none", "none", "no capability is effective", false};
        }
        const auto& initial = snapshot.identity.userNamespaceIsHost;
        if (!initial.known()) {
            return {count + " ?", count + ", over what?", of + "; what they are worth is not known", false};
        }
        if (initial.value()) {
            return {count + " host", count + " over host", of + " over the host", false};
        }
        return {count + " inner", count + ", not over host", of + ", none of them over the host", false};
    });
}

SlotText describeNoNewPrivs(const Snapshot& snapshot) {
    return textOf(snapshot.identity.noNewPrivileges, "flag", [](bool on) -> SlotText {
        return on ? SlotText{"on", "on", "an execve cannot raise privileges", false}
                  : SlotText{
                        "off", "off", "set-user-ID programs and file capabilities can raise privileges",
                        false};
    });
}

SlotText describeSeccomp(const Snapshot& snapshot) {
    return textOf(snapshot.seccomp.mode, "mode", [&](model::SeccompMode mode) -> SlotText {
        if (mode == model::SeccompMode::disabled) {
            return {"none", "none", "no system call is filtered", false};
        }
        if (mode == model::SeccompMode::strict) {
            return {"strict", "strict", "only read, write, exit and sigreturn are left", false};
        }
        const auto filters = static_cast<std::size_t>(snapshot.seccomp.filterCount.valueOr(1));
        const std::string text = counted(filters, "filter");
        const std::string profile = snapshot.seccomp.profile.valueOr("");
        return {
            text.size() > 9 ? "filters" : text, text,
            text + (filters == 1 ? " is" : " are") + " installed" + (profile.empty() ? "" : ": " + profile),
            false};
    });
}

SlotText describeLsm(const Snapshot& snapshot) {
    const model::Lsm& lsm = snapshot.lsm;
    for (const auto* fact : {&lsm.apparmor, &lsm.selinux}) {
        if (fact->known() && !fact->value().label.empty()) {
            const model::LsmLabel& label = fact->value();
            if (label.label == "unconfined" || label.mode == "unconfined") {
                return {"unconf.", "unconfined", "the security module does not confine the process", false};
            }
            if (label.mode == "mixed" && label.enforcing) {
                return {
                    base::shortenMiddle(label.label, 9), base::shortenMiddle(label.label, 20) + ", in part",
                    "confined by the stack " + label.label + ", of which a part is enforced", false};
            }
            const std::string state = label.enforcing ? "" : ", not enforced";
            return {
                base::shortenMiddle(label.label, 9), base::shortenMiddle(label.label, 20) + state,
                "confined by " + label.label + (label.enforcing ? ", enforced" : ", which is not enforced"),
                false};
        }
    }
    if (lsm.apparmor.unreadable() || lsm.selinux.unreadable()) {
        return gapText(
            "unread", "label unread", lsm.apparmor.unreadable() ? lsm.apparmor.gap() : lsm.selinux.gap());
    }
    if (lsm.apparmor.unstated() && lsm.selinux.unstated()) {
        return unstatedText();
    }
    return {"none", "none", "no AppArmor or SELinux policy confines the process", false};
}

SlotText describeProtectedPaths(const Snapshot& snapshot) {
    std::size_t count = 0;
    std::size_t masked = 0;
    const model::Unreadable* gap = nullptr;
    for (const auto& [path, fact] : snapshot.paths.states) {
        if (fact.unreadable()) {
            gap = &fact.gap();
        } else if (fact.known()) {
            masked += fact.value().state == model::Exposure::masked ? 1U : 0U;
            count += fact.value().state == model::Exposure::masked ||
                             fact.value().state == model::Exposure::readonly
                         ? 1U
                         : 0U;
        }
    }
    if (gap != nullptr && count == 0) {
        return gapText("unread", "paths unread", *gap);
    }
    if (snapshot.paths.states.empty()) {
        return unstatedText();
    }
    const std::string number = std::to_string(count);
    return {
        number, number + " protected",
        counted(count, "sensitive path is", "sensitive paths are") + " protected: " + std::to_string(masked) +
            " masked, " + std::to_string(count - masked) + " read-only",
        false};
}

SlotText describeRootFilesystem(const Snapshot& snapshot) {
    return textOf(snapshot.rootfs.writable, "root mount", [](bool writable) -> SlotText {
        return writable
                   ? SlotText{"writable", "writable", "the root file system can be written", false}
                   : SlotText{"read-only", "read-only", "the root file system is mounted read-only", false};
    });
}

} // namespace bulkhead::diagram
