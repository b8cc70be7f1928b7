#include "core/report/subject_list.h"

#include "core/base/bytes.h"
#include "core/base/escaped.h"
#include "core/report/line_wrap.h"

#include <algorithm>
#include <map>

namespace bulkhead::report {

using model::Naming;
using model::SubjectKind;
using model::SubjectList;
using model::SubjectSummary;

namespace {

std::string safe(std::string_view raw) {
    return base::terminalText(raw).str();
}

std::string line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

/// Cells of one row. The names share what is left of the line after the numbers.
struct Widths {
    std::size_t ref = 18;
    std::size_t engine = 13;
    std::size_t name = 19;
    std::size_t image = 16;
};
constexpr std::size_t kPid = 8;
constexpr std::size_t kCount = 6;

Widths widthsFor(std::size_t columns) {
    Widths widths;
    const std::size_t fixed = widths.engine + kPid + kCount;
    const std::size_t room = std::max(columns, std::size_t{60}) - fixed;
    widths.ref = std::clamp(room / 3, std::size_t{14}, std::size_t{32});
    widths.name = std::clamp(room / 3, std::size_t{12}, std::size_t{40});
    widths.image = room - widths.ref - widths.name;
    return widths;
}

std::string cell(std::string_view text, std::size_t width) {
    return padded(base::shortenMiddle(text, width - 1), width);
}

std::string rightCell(const std::string& text, std::size_t width) {
    return text.size() + 1 >= width ? text + " " : std::string(width - 1 - text.size(), ' ') + text + " ";
}

/// Full ids are as long as a line; twelve digits name a container as engines print them.
std::string shortRef(const std::string& ref) {
    constexpr std::size_t kShown = 12;
    const bool hash = ref.starts_with("oci:") && ref.size() == 4 + 64 && !ref.contains('/');
    return hash ? ref.substr(0, 4 + kShown) : ref;
}

std::string shortName(const SubjectSummary& subject) {
    const std::string& name = subject.name.empty() ? subject.command : subject.name;
    return name == subject.id && name.size() == 64 ? name.substr(0, 12) : name;
}

std::string engineText(const SubjectSummary& subject) {
    const std::string engine = subject.engine.empty() ? "-" : subject.engine;
    return engine + (subject.naming == Naming::claimed && subject.kind == SubjectKind::container ? "?" : "");
}

std::string notesOf(const SubjectSummary& subject) {
    std::vector<std::string> notes;
    if (subject.state != "running") {
        notes.push_back(subject.state);
    }
    if (subject.execSessions > 0) {
        notes.push_back(
            std::to_string(subject.execSessions) +
            (subject.execSessions == 1 ? " exec session" : " exec sessions"));
    }
    if (subject.inferred) {
        notes.emplace_back("inferred");
    }
    std::ranges::copy(subject.doubts, std::back_inserter(notes));
    std::string text;
    for (const std::string& note : notes) {
        text += (text.empty() ? "" : "; ") + note;
    }
    return text;
}

std::string headingOf(const SubjectSummary& subject) {
    std::string shared;
    for (const model::NamespaceType type : subject.sharedInGroup) {
        shared += (shared.empty() ? "" : ", ") + std::string(model::nameOf(type));
    }
    const std::string& pod = subject.groupName.empty() ? subject.group : subject.groupName;
    const std::string what =
        subject.groupKind == "pod" ? "pod " + pod : "namespaces of " + shortRef(subject.group);
    return what + (shared.empty() ? "" : ": share " + shared);
}

class SubjectTable {
public:
    SubjectTable(const SubjectList& list, std::size_t columns, const TerminalStyle& style)
        : m_list(list), m_columns(columns), m_style(style), m_widths(widthsFor(columns)) {}

    std::string write() {
        writeHead();
        for (const SubjectSummary& subject : m_list.subjects) {
            m_depths[subject.ref] = subject.parent.empty() ? 0 : m_depths[subject.parent] + 1;
            const bool top = m_depths[subject.ref] == 0;
            if (top && subject.kind != SubjectKind::container && !m_engineless) {
                m_engineless = true;
                m_text += m_text.ends_with("\n\n") ? "" : "\n";
                m_text += line(m_style.muted("confined without an engine: services and sandboxes"));
            }
            writeSubject(subject);
        }
        return std::move(m_text);
    }

private:
    void writeHead() {
        const std::string head = cell("SUBJECT", m_widths.ref) + cell("ENGINE", m_widths.engine) +
                                 cell("NAME", m_widths.name) + rightCell("PID", kPid) +
                                 rightCell("PROCS", kCount) + "IMAGE";
        m_text += line(m_style.bold(head));
    }

    void writeSubject(const SubjectSummary& subject) {
        if (!subject.group.empty() && subject.group != m_group) {
            m_text += line(m_style.muted(safe(base::shortenMiddle(headingOf(subject), m_columns))));
        }
        m_group = subject.group;
        const std::size_t depth = std::min(m_depths[subject.ref], std::size_t{4});
        std::string ref(depth * 2 + (subject.group.empty() ? 0 : 1), ' ');
        ref += safe(shortRef(subject.ref));
        const bool service = subject.kind != SubjectKind::container;
        m_text += line(
            cell(ref, m_widths.ref) + cell(safe(engineText(subject)), m_widths.engine) +
            cell(safe(shortName(subject)), m_widths.name) + rightCell(std::to_string(subject.pid), kPid) +
            rightCell(std::to_string(subject.processes), kCount) +
            base::shortenMiddle(
                service ? std::string(model::nameOf(subject.kind)) : safe(subject.image), m_widths.image));
        if (const std::string notes = notesOf(subject); !notes.empty()) {
            for (const std::string& note : wrapText(safe(notes), fitsCells(m_columns - 6), 4)) {
                m_text += line("      " + m_style.muted(note));
            }
        }
    }

    const SubjectList& m_list;
    std::size_t m_columns;
    const TerminalStyle& m_style;
    Widths m_widths;
    std::string m_text;
    std::string m_group;
    std::map<std::string, std::size_t> m_depths;
    bool m_engineless = false;
};

} // namespace

std::string writeSubjectTable(const SubjectList& list, std::size_t columns, const TerminalStyle& style) {
    if (list.subjects.empty()) {
        return "no confined process is running, as far as can be seen\n";
    }
    std::string text = SubjectTable(list, columns, style).write();
    const bool claimed = std::ranges::any_of(list.subjects, [](const SubjectSummary& subject) {
        return subject.kind == SubjectKind::container && subject.naming == Naming::claimed;
    });
    if (claimed) {
        text += "\n? named by its control group alone, which a container that can write control\n"
                "  groups can forge\n";
    }
    return text;
}

std::string writeSweepNotes(const SubjectList& list, std::size_t columns) {
    const std::size_t confined = list.processes - list.onHost - list.unknown;
    std::string text = std::to_string(list.processes) + " processes, " + std::to_string(confined) + " in " +
                       std::to_string(list.subjects.size()) +
                       (list.subjects.size() == 1 ? " subject" : " subjects") + ", " +
                       std::to_string(list.onHost) + " on the host";
    text += list.unknown > 0 ? ", " + std::to_string(list.unknown) + " not known" : "";
    text += "\n";
    for (const std::string& gap : list.gaps) {
        bool first = true;
        for (const std::string& part : wrapText(safe(gap), fitsCells(columns - 2))) {
            text += line((first ? "- " : "  ") + part);
            first = false;
        }
    }
    return text;
}

} // namespace bulkhead::report
