#include "core/kernel/lsm_label.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace bulkhead::kernel {

using base::ErrorKind;
using model::Fact;
using model::LsmLabel;

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

/// SELinux contexts have at least three colons' worth of fields and no blank; AppArmor's names with a mode
/// do.
bool looksLikeSelinux(std::string_view text) {
    return !text.contains(' ') && std::ranges::count(text, ':') >= 2 && !text.starts_with(':');
}

Fact<LsmLabel> collectSelinux(const os::ProcRoot& root, std::string_view text, const std::string& source) {
    const auto enforce = readMachineValue(root, "/sys/fs/selinux/enforce");
    if (!enforce) {
        return model::Unreadable{
            "the label is " + base::textFromBytes(text) +
                ", whether it is enforced is not known: " + enforce.error().why.reason,
            "selinuxfs mounted on the host"};
    }
    const auto label = parseSelinuxLabel(text, *enforce == "1");
    return label ? Fact<LsmLabel>(*label, observed(source + " and /sys/fs/selinux/enforce"))
                 : Fact<LsmLabel>(failureOf(label.error()).why);
}

Fact<LsmLabel> inactive(std::string source) {
    return {LsmLabel{}, observed(std::move(source))};
}

Fact<LsmLabel> collectAppArmor(std::string_view text, const std::string& source) {
    const auto label = parseAppArmorLabel(text);
    return label ? Fact<LsmLabel>(*label, observed(source)) : Fact<LsmLabel>(failureOf(label.error()).why);
}

} // namespace

base::Result<LsmLabel> parseAppArmorLabel(std::string_view text) {
    const std::string_view label = withoutEnd(text);
    if (label.empty()) {
        return base::fail(ErrorKind::malformed, "AppArmor label: empty");
    }
    if (label == "unconfined") {
        return LsmLabel{"unconfined", "unconfined", false};
    }
    const auto open = label.rfind(" (");
    if (open == std::string_view::npos || open == 0 || !label.ends_with(')')) {
        return base::fail(
            ErrorKind::malformed, "AppArmor label: expected NAME (MODE), found \"" +
                                      base::textFromBytes(label.substr(0, 80)) + "\"");
    }
    const std::string_view mode = label.substr(open + 2, label.size() - open - 3);
    return LsmLabel{
        base::textFromBytes(label.substr(0, open)), base::textFromBytes(mode),
        mode == "enforce" || mode == "kill"};
}

base::Result<LsmLabel> parseSelinuxLabel(std::string_view text, bool enforcing) {
    const std::string_view label = withoutEnd(text);
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
        lsm.apparmor = collectAppArmor(*own, task.source("attr/apparmor/current"));
    }
    const auto current = task.read("attr/current");
    if (!current && !noModule(current.error())) {
        lsm.selinux = current.error().why;
        lsm.apparmor = own ? lsm.apparmor : Fact<LsmLabel>(current.error().why);
        return lsm;
    }
    const std::string_view text = current ? withoutEnd(*current) : std::string_view();
    const bool selinux = !own && looksLikeSelinux(text);
    lsm.selinux = selinux ? collectSelinux(root, text, shared) : inactive(shared);
    if (!own) {
        lsm.apparmor = selinux || text.empty() ? inactive(shared) : collectAppArmor(text, shared);
    }
    return lsm;
}

} // namespace bulkhead::kernel
