#include "core/base/bytes.h"
#include "core/base/escaped.h"
#include "core/report/line_wrap.h"
#include "core/report/subject_list.h"
#include "core/threat/graph.h"

#include <algorithm>
#include <array>

namespace bulkhead::report {

using model::Fact;
using model::NamespaceType;
using model::Posture;

namespace {

template <class T, class Say>
std::string say(const Fact<T>& fact, Say words) {
    return fact.known() ? words(fact.value()) : fact.unreadable() ? "?" : "-";
}

std::string yesNo(const Fact<bool>& fact) {
    return say(fact, [](bool value) { return std::string(value ? "yes" : "no"); });
}

std::string seccompText(const Posture& posture) {
    return say(posture.seccomp, [&](model::SeccompMode mode) {
        if (mode == model::SeccompMode::disabled) {
            return std::string("none");
        }
        if (mode == model::SeccompMode::strict) {
            return std::string("strict");
        }
        const auto& left = posture.callsLeft;
        return left.known() ? std::to_string(left.value()) + " calls" : std::string("filter");
    });
}

/// Sharing user, cgroup and time namespaces is what most containers do; the root column tells what the first
/// comes to, the document has all.
std::string spacesText(const Posture& posture) {
    return say(posture.hostNamespaces, [](const std::vector<NamespaceType>& shared) {
        constexpr std::array kTelling = {
            NamespaceType::pid, NamespaceType::net, NamespaceType::mnt, NamespaceType::ipc,
            NamespaceType::uts};
        std::string text;
        for (const NamespaceType type : kTelling) {
            if (std::ranges::find(shared, type) != shared.end()) {
                text += (text.empty() ? "" : ",") + std::string(model::nameOf(type));
            }
        }
        return text.empty() ? std::string("none") : text;
    });
}

std::string mountsText(const Posture& posture) {
    return say(posture.hostMounts, [&](std::int64_t count) {
        const std::string writable =
            posture.writableHostMounts.known() && posture.writableHostMounts.value() > 0
                ? "/" + std::to_string(posture.writableHostMounts.value()) + "w"
                : "";
        return std::to_string(count) + writable;
    });
}

/// Where the worst path ends, in a word; a mark where facts are missing that would decide it.
std::string pathText(const Posture& posture) {
    return say(posture.worstPath, [&](const std::string& name) {
        const auto end = model::valueNamed<model::AttackAuthority>(name);
        const std::string word(end ? threat::rowOf(*end).brief : std::string_view(name));
        return word + (posture.worstPathCertain.valueOr(true) ? "" : "?");
    });
}

std::string numberText(const Fact<std::int64_t>& fact) {
    return say(fact, [](std::int64_t value) { return std::to_string(value); });
}

/// One column of the table.
struct PostureColumn {
    std::string_view head;
    std::size_t width;
    std::string (*text)(const Posture& posture);
};

constexpr std::array kColumns = {
    PostureColumn{"PATH", 9, pathText},
    PostureColumn{"PRIV", 5, [](const Posture& p) { return yesNo(p.privileged); }},
    PostureColumn{"ROOT", 5, [](const Posture& p) { return yesNo(p.rootOnHost); }},
    PostureColumn{
        "CAPS", 5,
        [](const Posture& p) {
            return say(p.capabilitiesOverHost, [](const model::CapabilitySet& set) {
                return std::to_string(set.size());
            });
        }},
    PostureColumn{"SECCOMP", 10, seccompText},
    PostureColumn{
        "LSM", 8, [](const Posture& p) { return say(p.lsm, [](const std::string& t) { return t; }); }},
    PostureColumn{"HOST NS", 9, spacesText},
    PostureColumn{"MOUNTS", 7, mountsText},
    PostureColumn{"SOCKS", 6, [](const Posture& p) { return numberText(p.sockets); }},
    PostureColumn{"GAPS", 4, [](const Posture& p) { return std::to_string(p.unknowns); }},
};

constexpr std::string_view kLegend =
    "PATH: where the worst attack path ends, ? if only possible (bulkhead paths "
    "tells all). PRIV: every capability over the host, no filter, every device. ROOT: "
    "the host's root. CAPS: over the host. "
    "HOST NS: of pid, net, mnt, ipc, uts. MOUNTS: of the host, w writable. "
    "SOCKS: runtime sockets. GAPS: facts "
    "not read. ?: not readable.";

std::string safe(std::string_view raw) {
    return base::terminalText(raw).str();
}

std::string line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

std::string nameOfRow(const model::SubjectSummary& subject) {
    const bool hash = subject.name == subject.id && subject.name.size() == 64;
    const std::string name = subject.name.empty() ? subject.ref : subject.name;
    return hash ? name.substr(0, 12) : name;
}

std::size_t fixedWidth() {
    std::size_t width = 0;
    for (const PostureColumn& column : kColumns) {
        width += column.width;
    }
    return width;
}

} // namespace

std::string writePostureTable(
    const model::SubjectList& list, const std::vector<Posture>& postures, std::size_t columns,
    const TerminalStyle& style) {
    if (list.subjects.empty()) {
        return "no confined process is running, as far as can be seen\n";
    }
    const std::size_t nameWidth =
        std::clamp(columns - std::min(columns, fixedWidth()), std::size_t{12}, std::size_t{40});
    const auto cell = [](std::string_view text, std::size_t width) {
        return padded(base::shortenMiddle(text, width - 1), width);
    };
    std::string head = cell("SUBJECT", nameWidth);
    for (const PostureColumn& column : kColumns) {
        head += padded(column.head, column.width);
    }
    std::string text = line(style.bold(head));
    for (const Posture& posture : postures) {
        std::string row = cell(safe(nameOfRow(posture.subject)), nameWidth);
        if (!posture.failure.empty()) {
            text += line(row + base::shortenMiddle(safe(posture.failure), columns - nameWidth));
            continue;
        }
        for (const PostureColumn& column : kColumns) {
            row += cell(safe(column.text(posture)), column.width);
        }
        text += line(row);
    }
    text += "\n";
    for (const std::string& part : wrapText(kLegend, fitsCells(columns))) {
        text += line(part);
    }
    return text;
}

} // namespace bulkhead::report
