#include "core/kernel/lsm_label.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace bulkhead::kernel {

using base::ErrorKind;
using model::Fact;
using model::LsmLabel;
using model::Unreadable;

namespace {

/// proc_pid_attr_read gives EINVAL where no module answers, and no file where none is built in.
bool noModule(const Failure& failure) {
    return failure.number == EINVAL || failure.number == ENOENT;
}

std::string_view withoutEnd(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    return text;
}

/// SELinux contexts have at least three fields between colons, and neither blanks nor a mode in parentheses;
/// before a policy is loaded every process is "kernel".
bool looksLikeSelinux(std::string_view text) {
    const bool fields = !text.contains(' ') && std::ranges::count(text, ':') >= 2 && !text.starts_with(':');
    return fields || text == "kernel";
}

/// Whether the policy makes the type of a label permissive, by the kernel's own word: an access decision that
/// is asked for, and changes nothing. Any class will do; the first is always there.
Reading<bool> askPermissive(const os::ProcRoot& root, const std::string& label) {
    constexpr const char* kAccess = "/sys/fs/selinux/access";
    const auto place = placeOf(root, kAccess);
    const auto file = place ? os::tryOpenAt(AT_FDCWD, *place, O_RDWR) : std::unexpected(ENOENT);
    if (!file) {
        return std::unexpected(failureOf(file.error(), kAccess));
    }
    const std::string question = label + " " + label + " 1";
    std::array<char, 256> answer{};
    const ssize_t put = ::write(file->get(), question.data(), question.size());
    const ssize_t got = put < 0 ? -1 : ::read(file->get(), answer.data(), answer.size());
    if (got < 0) {
        return std::unexpected(failureOf(errno, kAccess));
    }
    const auto permissive = parsePermissive({answer.data(), static_cast<std::size_t>(got)});
    return permissive ? Reading<bool>(*permissive) : std::unexpected(failureOf(permissive.error()));
}

Fact<LsmLabel> collectSelinux(const os::ProcRoot& root, std::string_view text, const std::string& source) {
    const auto enforce = readMachineValue(root, "/sys/fs/selinux/enforce");
    if (!enforce) {
        return Unreadable{
            "the label is " + base::textFromBytes(text) +
                ", whether it is enforced is not known: " + enforce.error().why.reason,
            "selinuxfs mounted on the host"};
    }
    const auto permissive = askPermissive(root, std::string(text));
    const auto label = parseSelinuxLabel(text, *enforce == "1" && !permissive.value_or(false));
    const std::string from = source + " and /sys/fs/selinux/enforce" +
                             (permissive ? ", access"
                                         : "; whether the policy makes its type permissive is not known: " +
                                               permissive.error().why.reason);
    return label ? Fact<LsmLabel>(*label, observed(from)) : Fact<LsmLabel>(failureOf(label.error()).why);
}

Fact<LsmLabel> inactive(std::string source) {
    return {LsmLabel{}, observed(std::move(source))};
}

constexpr std::array<std::string_view, 4> kEnforced = {"enforce", "kill", "user", "prompt"};
constexpr std::array<std::string_view, 4> kNotEnforced = {"complain", "unconfined", "mixed", "-"};

bool isEnforced(std::string_view mode) {
    return std::ranges::find(kEnforced, mode) != kEnforced.end();
}

/// "a" and ":ns://b" of "a//&:ns://b".
std::vector<std::string_view> profilesOf(std::string_view label) {
    constexpr std::string_view kJoint = "//&";
    std::vector<std::string_view> profiles;
    for (auto at = label.find(kJoint); at != std::string_view::npos; at = label.find(kJoint)) {
        profiles.push_back(label.substr(0, at));
        label.remove_prefix(at + kJoint.size());
    }
    profiles.push_back(label);
    return profiles;
}

/// The name without its policy namespace: ":ns://name" or ":ns:name".
std::string_view withoutNamespace(std::string_view profile) {
    const auto end = profile.starts_with(':') ? profile.find(':', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return profile;
    }
    const std::string_view rest = profile.substr(end + 1);
    return rest.starts_with("//") ? rest.substr(2) : rest;
}

/// A stack of profiles in several modes: each is enforced or not on its own.
Fact<LsmLabel> resolveMixed(const os::ProcRoot& root, LsmLabel label, const std::string& source) {
    const std::string file = "/sys/kernel/security/apparmor/profiles";
    const auto text = readMachineFile(root, file);
    if (!text) {
        return Unreadable{
            "the label is " + label.label +
                ", which of its profiles are enforced is not known: " + text.error().why.reason,
            "securityfs mounted on the host, and root"};
    }
    const auto modes = linesOf(*text);
    const auto profiles = profilesOf(label.label);
    label.enforcing = std::ranges::any_of(profiles, [&](std::string_view profile) {
        return std::ranges::any_of(modes, [&](std::string_view line) {
            const auto open = line.rfind(" (");
            return open != std::string_view::npos && base::textFromBytes(line.substr(0, open)) == profile &&
                   line.ends_with(')') && isEnforced(line.substr(open + 2, line.size() - open - 3));
        });
    });
    return {std::move(label), observed(source + " and " + file)};
}

Fact<LsmLabel> collectAppArmor(const os::ProcRoot& root, std::string_view text, const std::string& source) {
    const auto label = parseAppArmorLabel(text);
    if (!label) {
        return failureOf(label.error()).why;
    }
    return label->mode == "mixed" ? resolveMixed(root, *label, source)
                                  : Fact<LsmLabel>(*label, observed(source));
}

std::unexpected<base::Error> noAppArmorLabel(const std::string& what, std::string_view label) {
    return base::fail(
        ErrorKind::malformed,
        "AppArmor label: " + what + " \"" + base::textFromBytes(label.substr(0, 80)) + "\"");
}

} // namespace

base::Result<LsmLabel> parseAppArmorLabel(std::string_view text) {
    const std::string_view label = withoutEnd(text);
    if (label.empty()) {
        return base::fail(ErrorKind::malformed, "AppArmor label: empty");
    }
    const auto profiles = profilesOf(label);
    if (std::ranges::all_of(profiles, [](auto name) { return withoutNamespace(name) == "unconfined"; })) {
        return LsmLabel{base::textFromBytes(label), "unconfined", false};
    }
    const auto open = label.rfind(" (");
    if (open == std::string_view::npos || open == 0 || !label.ends_with(')')) {
        return noAppArmorLabel("expected NAME (MODE), found", label);
    }
    const std::string_view mode = label.substr(open + 2, label.size() - open - 3);
    if (!isEnforced(mode) && std::ranges::find(kNotEnforced, mode) == kNotEnforced.end()) {
        return noAppArmorLabel("a mode that is not known in", label);
    }
    return LsmLabel{base::textFromBytes(label.substr(0, open)), std::string(mode), isEnforced(mode)};
}

LabelOwner labelOwner(const os::ProcRoot& root, const Task& task, std::string_view text) {
    const auto modules = readMachineValue(root, "/sys/kernel/security/lsm");
    const auto names = modules ? splitAt(*modules, ',') : std::vector<std::string_view>();
    const bool selinux = std::ranges::find(names, "selinux") != names.end();
    const bool apparmor = std::ranges::find(names, "apparmor") != names.end();
    if (modules && selinux != apparmor) {
        return selinux ? LabelOwner::selinux : LabelOwner::apparmor;
    }
    if (modules ? !selinux : task.read("attr/smack/current").has_value()) {
        return LabelOwner::other;
    }
    return looksLikeSelinux(text) ? LabelOwner::selinux : LabelOwner::apparmor;
}

base::Result<bool> parsePermissive(std::string_view text) {
    const auto fields = splitAt(withoutEnd(text), ' ');
    constexpr std::size_t kFields = 6;
    unsigned flags = 0;
    const std::string_view last = fields.empty() ? std::string_view() : fields.back();
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), flags, 16);
    if (fields.size() != kFields || error != std::errc{} || end != last.data() + last.size()) {
        return base::fail(
            ErrorKind::malformed, "SELinux access decision: expected six numbers, found \"" +
                                      base::textFromBytes(text.substr(0, 80)) + "\"");
    }
    return (flags & 1U) != 0;
}

base::Result<LsmLabel> parseSelinuxLabel(std::string_view text, bool enforcing) {
    const std::string_view label = withoutEnd(text);
    if (label == "kernel") {
        return LsmLabel{"kernel", "unconfined", false}; // no policy is loaded yet
    }
    const auto fields = splitAt(label, ':');
    if (fields.size() < 3 || std::ranges::any_of(fields, [](auto field) { return field.empty(); })) {
        return base::fail(
            ErrorKind::malformed, "SELinux label: expected USER:ROLE:TYPE, found \"" +
                                      base::textFromBytes(label.substr(0, 80)) + "\"");
    }
    constexpr std::array<std::string_view, 5> kUnconfined = {
        "spc_t", "unconfined_t", "kernel_t", "init_t", "unconfined_service_t"};
    const bool confined = std::ranges::find(kUnconfined, fields[2]) == kUnconfined.end();
    return LsmLabel{
        base::textFromBytes(label),
        !confined   ? "unconfined"
        : enforcing ? "enforce"
                    : "permissive",
        enforcing && confined};
}

model::Lsm collectLsm(const os::ProcRoot& root, const Task& task) {
    model::Lsm lsm;
    const std::string shared = task.source("attr/current");
    const auto own = task.read("attr/apparmor/current");
    if (own) {
        lsm.apparmor = collectAppArmor(root, *own, task.source("attr/apparmor/current"));
    }
    const auto current = task.read("attr/current");
    if (!current && !noModule(current.error())) {
        lsm.selinux = current.error().why;
        lsm.apparmor = own ? lsm.apparmor : Fact<LsmLabel>(current.error().why);
        return lsm;
    }
    const std::string_view text = current ? withoutEnd(*current) : std::string_view();
    const bool labelled = !own && !text.empty();
    const LabelOwner owner = labelled ? labelOwner(root, task, text) : LabelOwner::other;
    lsm.selinux = owner == LabelOwner::selinux ? collectSelinux(root, text, shared) : inactive(shared);
    if (!own) {
        lsm.apparmor = owner == LabelOwner::apparmor ? collectAppArmor(root, text, shared) : inactive(shared);
    }
    return lsm;
}

} // namespace bulkhead::kernel
