#include "core/kernel/audit.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"
#include "core/os/fd.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

namespace bulkhead::kernel {

using model::Fact;
using model::Unreadable;

namespace {

constexpr std::size_t kMaxRules = 4096;
constexpr std::string_view kNeeds = "CAP_AUDIT_CONTROL in the host's user and pid namespaces";

/// One message of the kernel: its type and what follows the header.
struct Message {
    int type = 0;
    std::string content;
};

/// Sends one request without content and takes messages until the kernel says that it is done, or answers
/// with `last`.
Reading<std::vector<Message>> ask(int request, int last, const std::string& name) {
    const os::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
    if (socket.get() < 0) {
        return std::unexpected(failureOf(errno, "the audit socket", kNeeds));
    }
    constexpr timeval kPatience{2, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    nlmsghdr header{};
    header.nlmsg_len = sizeof header;
    header.nlmsg_type = static_cast<__u16>(request);
    header.nlmsg_flags = NLM_F_REQUEST;
    if (::send(socket.get(), &header, sizeof header, 0) < 0) {
        return std::unexpected(failureOf(errno, name, kNeeds));
    }
    std::vector<Message> messages;
    std::vector<char> buffer(65536);
    while (messages.size() <= kMaxRules) {
        const ssize_t length = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (length < static_cast<ssize_t>(sizeof header)) {
            return std::unexpected(failureOf(length < 0 ? errno : EIO, name, kNeeds));
        }
        std::memcpy(&header, buffer.data(), sizeof header);
        // The length in the header of AUDIT_GET's answer is that of its content alone.
        Message message{
            header.nlmsg_type,
            std::string(buffer.data() + sizeof header, static_cast<std::size_t>(length) - sizeof header)};
        if (message.type == NLMSG_ERROR) {
            int number = 0;
            std::memcpy(&number, message.content.data(), std::min(message.content.size(), sizeof number));
            if (number == 0) {
                continue; // an acknowledgement
            }
            return std::unexpected(failureOf(-number, name, kNeeds));
        }
        if (message.type == NLMSG_DONE) {
            return messages;
        }
        const bool done = message.type == last;
        messages.push_back(std::move(message));
        if (done) {
            return messages;
        }
    }
    return std::unexpected(Failure{0, {name + ": more than 4096 rules", ""}});
}

Fact<std::string> readState() {
    const std::string name = "the audit socket, AUDIT_GET";
    const auto messages = ask(AUDIT_GET, AUDIT_GET, name);
    if (!messages) {
        const int number = messages.error().number;
        if (number == EPROTONOSUPPORT || number == EAFNOSUPPORT) {
            return {"off", observed("socket(2), NETLINK_AUDIT: not in this kernel")};
        }
        return messages.error().why;
    }
    audit_status status{};
    if (messages->empty() || messages->back().content.size() < offsetof(audit_status, failure)) {
        return Unreadable{name + ": the answer is cut short", ""};
    }
    const std::string& content = messages->back().content;
    std::memcpy(&status, content.data(), std::min(content.size(), sizeof status));
    constexpr __u32 kLocked = 2; // AUDIT_LOCKED, kernel/audit.h
    return {status.enabled == 0 ? "off" : status.enabled == kLocked ? "locked" : "on", observed(name)};
}

Fact<std::vector<std::string>> readRules() {
    const std::string name = "the audit socket, AUDIT_LIST_RULES";
    const auto messages = ask(AUDIT_LIST_RULES, NLMSG_DONE, name);
    if (!messages) {
        return messages.error().why;
    }
    std::vector<std::string> rules;
    for (const Message& message : *messages) {
        const auto rule = describeAuditRule(message.content);
        if (!rule) {
            return Unreadable{rule.error().message, ""};
        }
        rules.push_back(*rule);
    }
    return {std::move(rules), observed(name)};
}

std::string_view listName(__u32 flags) {
    constexpr std::array<std::string_view, 8> kLists = {"user", "task",    "entry",      "watch",
                                                        "exit", "exclude", "filesystem", "uring_exit"};
    const __u32 list = flags & ~__u32{AUDIT_FILTER_PREPEND};
    return list < kLists.size() ? kLists[list] : "list";
}

std::string_view actionName(__u32 action) {
    return action == AUDIT_ALWAYS ? "always" : action == AUDIT_NEVER ? "never" : "possible";
}

/// Fields whose values are text of their length, in the order of the fields (kernel/auditfilter.c).
bool isText(__u32 field) {
    return field == AUDIT_FILTERKEY || field == AUDIT_WATCH || field == AUDIT_DIR || field == AUDIT_EXE ||
           (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) ||
           (field >= AUDIT_OBJ_USER && field <= AUDIT_OBJ_LEV_HIGH);
}

std::string_view textName(__u32 field) {
    return field == AUDIT_FILTERKEY ? "key"
           : field == AUDIT_WATCH   ? "path"
           : field == AUDIT_DIR     ? "dir"
           : field == AUDIT_EXE     ? "exe"
                                    : "";
}

std::string callsText(const audit_rule_data& rule) {
    std::size_t calls = 0;
    for (const __u32 word : rule.mask) {
        calls += static_cast<std::size_t>(std::popcount(word));
    }
    if (calls == 0) {
        return "";
    }
    constexpr std::size_t kMost = AUDIT_BITMASK_SIZE * 32;
    return calls >= kMost - 32
               ? " all system calls"
               : " " + std::to_string(calls) + (calls == 1 ? " system call" : " system calls");
}

} // namespace

base::Result<std::string> describeAuditRule(std::string_view bytes) {
    audit_rule_data rule{};
    if (bytes.size() < sizeof rule) {
        return base::fail(base::ErrorKind::malformed, "audit rule: cut short");
    }
    std::memcpy(&rule, bytes.data(), sizeof rule);
    std::string_view texts = bytes.substr(sizeof rule);
    std::string words =
        std::string(actionName(rule.action)) + "," + std::string(listName(rule.flags)) + callsText(rule);
    std::size_t others = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(rule.field_count, AUDIT_MAX_FIELDS); ++i) {
        if (!isText(rule.fields[i])) {
            ++others;
            continue;
        }
        const std::size_t length = rule.values[i];
        if (length > texts.size()) {
            return base::fail(base::ErrorKind::malformed, "audit rule: cut short");
        }
        const std::string_view name = textName(rule.fields[i]);
        if (name.empty()) {
            ++others;
        } else {
            words += " " + std::string(name) + "=" + base::textFromBytes(texts.substr(0, length));
        }
        texts.remove_prefix(length);
    }
    if (others > 0) {
        words += " under " + std::to_string(others) + (others == 1 ? " condition" : " conditions");
    }
    return words;
}

model::Audit collectAudit(const os::ProcRoot& root) {
    model::Audit audit;
    const Unreadable captured{"a captured tree holds no answer of the audit socket", ""};
    audit.state = root.live ? readState() : Fact<std::string>(captured);
    audit.rules = root.live ? readRules() : Fact<std::vector<std::string>>(captured);
    audit.logDriver = Unreadable{"the log driver is the engine's, the kernel does not know it", ""};
    const std::string path = "/proc/sys/kernel/seccomp/actions_logged";
    const auto text = readMachineValue(root, path);
    if (!text) {
        audit.seccompLogged = text.error().why;
        return audit;
    }
    std::vector<std::string> actions;
    for (const std::string_view word : wordsOf(*text)) {
        actions.emplace_back(word);
    }
    audit.seccompLogged = {std::move(actions), observed(path)};
    return audit;
}

} // namespace bulkhead::kernel
