#include "core/claims/resolution.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace bulkhead::claims {

using model::Evidence;
using model::EvidenceKind;
using model::Fact;
using model::Unreadable;

namespace {

/// The user of the claim where it names one, else the image's.
std::string userOf(const Claim& claim, const KnownImage& image, Evidence& from) {
    if (claim.user.known() && !claim.user.value().empty()) {
        from = claim.user.evidence();
        return claim.user.value();
    }
    from = {EvidenceKind::declared, "config.User", image.path, 0};
    std::string user = image.facts.user.valueOr("");
    if (!claim.primaryGroup.known()) {
        return user;
    }
    const std::string name = user.substr(0, user.find(':'));
    return (name.empty() ? "0" : name) + ":" + claim.primaryGroup.value();
}

/// The groups that a process of this user has: its own one, those of the image's files, those asked for.
Fact<std::vector<std::uint32_t>>
groupsOf(const Claim& claim, const KnownImage& image, const ImageUser& user, const Evidence& from) {
    std::vector<std::uint32_t> groups = user.groups;
    groups.push_back(user.gid);
    for (const std::string& asked : claim.groupAdd.valueOr({})) {
        const auto known = image.who("0:" + asked);
        if (!known) {
            return Unreadable{"the image's /etc/group does not say which group " + asked + " is", ""};
        }
        groups.push_back(known->gid);
    }
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    return {std::move(groups), from};
}

/// What the image's configuration calls a volume, the engine makes one for, unless something is mounted
/// there.
void addVolumes(const Resolution& in, const KnownImage& image, Boundary& out) {
    if (in.choice.name == "crio" || in.choice.name == "runc" || in.choice.name == "crun") {
        return; // CRI-O makes a folder of the root file system; a runtime knows no images
    }
    const Evidence from{EvidenceKind::declared, "config.Volumes", image.path, 0};
    for (const std::string& target : image.volumes) {
        const auto same = std::ranges::find(in.claim.mounts, target, &AskedMount::target);
        auto mount = mountOfVolume(target, from);
        if (same == in.claim.mounts.end() && target.starts_with('/') && mount && mount->target == target) {
            out.mounts.push_back(std::move(*mount));
        }
    }
}

std::vector<std::string> joined(std::vector<std::string> names, const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

} // namespace

bool resolveUserByImage(const Resolution& in, Boundary& out) {
    const KnownImage* image = findImage(in.ground.images, in.claim.image.ref);
    if (image == nullptr || !image->who) {
        return false;
    }
    Evidence from;
    const std::string user = userOf(in.claim, *image, from);
    const auto ids = image->who(user);
    if (!ids) {
        return false;
    }
    if (in.claim.nonRoot.valueOr(false) && ids->uid == 0) {
        const Unreadable refused{
            "the kubelet does not start it: the user is root, and runAsNonRoot asks for another",
            "runAsUser, or an image with another USER"};
        out.uid = refused;
        out.gid = refused;
        out.groups = refused;
        return true;
    }
    out.uid = {ids->uid, from};
    out.gid = {ids->gid, from};
    out.groups = groupsOf(in.claim, *image, *ids, from);
    return true;
}

void resolveImage(const Resolution& in, Boundary& out) {
    const KnownImage* image = findImage(in.ground.images, in.claim.image.ref);
    if (image != nullptr) {
        out.imageFacts = image->facts;
        out.image.digest = out.image.digest.empty() ? image->facts.digest.valueOr("") : out.image.digest;
        addVolumes(in, *image, out);
    }
    const std::string& ref = in.claim.image.ref;
    if (!ref.empty()) {
        out.imageFacts.tagMutable = {isMutableName(ref), in.claim.whole};
    }
    const auto& own = in.claim.secretEnv;
    auto& all = out.imageFacts.secretEnv;
    if (own.known() && (all.known() || !own.value().empty() || in.claim.environmentWhole)) {
        all = {joined(own.value(), all.valueOr({})), own.evidence()};
    }
}

} // namespace bulkhead::claims
