#include "core/twin/label.h"

#include "core/base/bytes.h"
#include "core/kernel/lsm_label.h"

#include <cerrno>
#include <optional>
#include <string_view>

namespace bulkhead::twin {

using kernel::LabelOwner;
using kernel::Reading;
using kernel::Task;
using model::Fact;
using model::Unreadable;

namespace {

constexpr const char* kShared = "attr/current";
constexpr const char* kAppArmor = "attr/apparmor/current";

std::string_view withoutEnd(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    return text;
}

/// "a//&b" of "a//&b (enforce)": the kernel takes the name, the mode is the profile's own.
std::optional<std::string> profileOf(std::string_view text) {
    const std::string_view label = withoutEnd(text);
    const auto parsed = kernel::parseAppArmorLabel(label);
    if (!parsed || parsed->mode == "-") { // hidden: of a policy namespace that we do not see
        return std::nullopt;
    }
    const std::string mode = " (" + parsed->mode + ")";
    return std::string(label.ends_with(mode) ? label.substr(0, label.size() - mode.size()) : label);
}

/// AppArmor: security/apparmor/lsm.c, do_setattr: "changeprofile NAME".
void planAppArmor(LabelCopy& copy, std::string_view theirs) {
    copy.module = "AppArmor";
    const auto profile = profileOf(theirs);
    if (!profile) {
        copy.whyNot = "the name of its AppArmor profile is not shown to us";
        return;
    }
    copy.file = copy.source == kAppArmor ? wire::LabelFile::apparmorCurrent : wire::LabelFile::current;
    copy.text = "changeprofile " + *profile;
}

/// SELinux: security/selinux/hooks.c, selinux_lsm_setattr: the whole context, categories included.
void planSelinux(LabelCopy& copy, std::string_view theirs) {
    copy.module = "SELinux";
    copy.file = wire::LabelFile::current;
    copy.text = theirs;
}

std::string differenceOf(const LabelCopy& copy, std::string_view theirs, std::string_view twins) {
    return copy.module + (copy.module.empty() ? "" : ": ") + "the twin has " + base::textFromBytes(twins) +
           ", the process " + base::textFromBytes(theirs);
}

/// What a refusal of AppArmor says (aa_change_profile).
std::string appArmorRefusal(int error) {
    switch (error) {
    case EACCES:
        return "our own profile does not let us change to it (change_profile)";
    case EPERM:
        return "no_new_privs allows only a subset of our own profile";
    case ENOENT:
        return "no profile of that name is loaded where we are";
    default:
        return "the kernel did not take it";
    }
}

std::string selinuxRefusal(const LabelCopy& copy, int error) {
    if (error == EACCES) {
        return "the policy does not let " + copy.own +
               " take it (process setcurrent, dyntransition, and ptrace of what is held)";
    }
    return error == EINVAL ? "the policy knows no such context" : "the kernel did not take it";
}

/// Why the twin's label is another one although it was to be taken over.
std::string causeOf(const LabelCopy& copy, std::string_view theirs, std::string_view twins, int error) {
    if (!copy.whyNot.empty()) {
        return copy.whyNot;
    }
    if (error != 0) {
        return (copy.module == "AppArmor" ? appArmorRefusal(error) : selinuxRefusal(copy, error)) + ": " +
               base::errnoName(error);
    }
    const auto wanted = profileOf(theirs);
    const bool stacked =
        copy.module == "AppArmor" && wanted && twins.contains(*wanted) && twins.contains("//&");
    return stacked ? "it was stacked upon our own (kernel.apparmor_restrict_unprivileged_unconfined)"
                   : "it became another one";
}

/// EINVAL is what attr/current says where no module has a label, ENOENT where none is built in.
bool noModule(int number) {
    return number == EINVAL || number == ENOENT;
}

} // namespace

LabelCopy planLabel(const os::ProcRoot& machine, const Task& target, const Task& self) {
    LabelCopy copy;
    auto theirs = target.read(kAppArmor);
    copy.source = theirs ? kAppArmor : kShared;
    if (!theirs) {
        theirs = target.read(kShared);
    }
    if (!theirs && noModule(theirs.error().number)) {
        return {};
    }
    const auto ours = self.read(copy.source);
    if (!theirs || !ours) {
        copy.whyNot = "a label cannot be read: " + (theirs ? ours.error() : theirs.error()).why.reason;
        return copy;
    }
    const std::string_view text = withoutEnd(*theirs);
    copy.own = base::textFromBytes(withoutEnd(*ours));
    const LabelOwner owner =
        copy.source == kAppArmor ? LabelOwner::apparmor : kernel::labelOwner(machine, target, text);
    if (owner == LabelOwner::apparmor) {
        planAppArmor(copy, text);
    } else if (owner == LabelOwner::selinux) {
        planSelinux(copy, text);
    } else {
        copy.whyNot = "a label of this security module is not taken over";
    }
    if (copy.text.size() > wire::kLabelBytes) {
        copy.whyNot = "its label is longer than the kernel takes in one write";
    }
    const bool same = text == withoutEnd(*ours);
    if (same || !copy.whyNot.empty()) {
        copy.file = wire::LabelFile::none;
        copy.text.clear();
        copy.whyNot = same ? "" : copy.whyNot;
    }
    return copy;
}

Fact<bool> judgeLabel(const LabelCopy& copy, const Task& target, const Task& twin, int error) {
    if (copy.source.empty()) {
        return {true, kernel::observed(std::string(kShared) + ": no module labels processes")};
    }
    const auto theirs = target.read(copy.source);
    const auto twins = twin.read(copy.source);
    if (!theirs || !twins) {
        return Unreadable{
            "the labels cannot be compared: " + (theirs ? twins.error() : theirs.error()).why.reason, ""};
    }
    const std::string_view wanted = withoutEnd(*theirs);
    const std::string_view found = withoutEnd(*twins);
    if (wanted == found) {
        return {true, kernel::observed(copy.source)};
    }
    return Unreadable{differenceOf(copy, wanted, found) + "; " + causeOf(copy, wanted, found, error), ""};
}

} // namespace bulkhead::twin
