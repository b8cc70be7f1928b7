#include "core/report/subject_text.h"

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/escaped.h"
#include "core/diagram/slot.h"
#include "core/model/gaps.h"
#include "core/report/line_wrap.h"
#include "core/report/terminal_style.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace bulkhead::report {

namespace {

using model::Snapshot;

constexpr std::size_t kNarrowest = 60;
constexpr std::size_t kLabel = 22; ///< "  would anyone see it" and a space

/// A document for a terminal, written line by line and never wider than it.
class Page {
public:
    explicit Page(const TableOptions& options)
        : m_width(std::max(options.columns, kNarrowest)), m_style{options.colour} {}

    void head(std::string_view text) { m_text += (m_text.empty() ? "" : "\n") + m_style.bold(text) + "\n"; }

    /// A label and a text wrapped beside it.
    void entry(std::string_view label, std::string_view raw, diagram::Mark mark = diagram::Mark::value) {
        std::string front = padded(fmt::format("  {}", base::terminalText(label).str()), kLabel);
        for (const std::string& line : wrapText(base::terminalText(raw).str(), fitsCells(m_width - kLabel))) {
            m_text += front + m_style.marked(mark, line) + "\n";
            front = std::string(kLabel, ' ');
        }
    }

    /// A text wrapped over the whole width.
    void paragraph(std::string_view raw) {
        for (const std::string& line : wrapText(base::terminalText(raw).str(), fitsCells(m_width - 2))) {
            m_text += "  " + line + "\n";
        }
    }

    /// A text wrapped below the row before.
    void below(std::string_view raw) {
        for (const std::string& line : wrapText(base::terminalText(raw).str(), fitsCells(m_width - 4))) {
            m_text += "    " + m_style.muted(line) + "\n";
        }
    }

    /// Cells of given widths, the last as wide as there is room.
    void row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
        std::string line = "  ";
        for (std::size_t at = 0; at < cells.size(); ++at) {
            const std::size_t left = m_width - base::cellWidth(line);
            const std::size_t width = at < widths.size() ? std::min(widths[at], left) : left;
            const std::string text = base::shortenMiddle(base::terminalText(cells[at]).str(), width);
            line += at + 1 == cells.size() ? text : padded(text, width) + " ";
        }
        m_text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }

    [[nodiscard]] std::size_t width() const { return m_width; }
    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    std::size_t m_width;
    TerminalStyle m_style;
    std::string m_text;
};

void addTitle(Page& page, const Snapshot& snapshot) {
    const model::Engine& engine = snapshot.subject.engine;
    std::string from = fmt::format("{} vantage", model::nameOf(snapshot.vantage));
    if (!engine.name.empty()) {
        from += fmt::format(", {}{}{}", engine.name, engine.version.empty() ? "" : " ", engine.version);
    }
    if (snapshot.subject.pid) {
        from += fmt::format(", pid {}", *snapshot.subject.pid);
    }
    from += fmt::format(", kernel {}", snapshot.host.kernel.valueOr("not known"));
    if (snapshot.recorded) {
        from += ", recorded " + snapshot.recorded->date;
    }
    page.head(base::terminalText(snapshot.subject.name.empty() ? snapshot.subject.ref : snapshot.subject.name)
                  .str());
    page.row({from}, {});
}

void addSlots(Page& page, const Snapshot& snapshot) {
    for (const auto& [stage, name] : model::Names<model::Stage>::names) {
        page.head(name);
        for (const diagram::Slot& slot : diagram::slots()) {
            if (slot.stage == stage) {
                const diagram::SlotText text = slot.describe(snapshot);
                page.entry(
                    slot.label, (text.gap ? "? " : "") + text.sentence,
                    text.gap ? diagram::Mark::gap : diagram::Mark::value);
            }
        }
    }
}

std::string namesOf(const model::CapabilitySet& set) {
    std::string text;
    for (const std::string& name : set.sortedNames()) {
        text += (text.empty() ? "" : " ") + name.substr(name.starts_with("CAP_") ? 4 : 0);
    }
    return text.empty() ? "none" : text;
}

/// The five sets and what can be obtained; a set that equals one above is not listed again.
void addCapabilities(Page& page, const Snapshot& snapshot) {
    page.head("Capabilities");
    std::vector<std::pair<std::string_view, model::CapabilitySet>> listed;
    const auto add = [&](std::string_view name, const model::Fact<model::CapabilitySet>& fact) {
        if (fact.unreadable()) {
            page.entry(name, "? " + fact.gap().reason, diagram::Mark::gap);
            return;
        }
        if (fact.unstated()) {
            return;
        }
        const model::CapabilitySet& set = fact.value();
        const auto twin = std::ranges::find(listed, set, &decltype(listed)::value_type::second);
        if (set.empty()) {
            page.entry(name, "none");
        } else if (twin != listed.end()) {
            page.entry(name, fmt::format("{}, as {}", set.size(), twin->first));
        } else {
            page.entry(name, fmt::format("{}: {}", set.size(), namesOf(set)));
            listed.emplace_back(name, set);
        }
    };
    const model::Capabilities& sets = snapshot.capabilities;
    add("effective", sets.effective);
    add("permitted", sets.permitted);
    add("inheritable", sets.inheritable);
    add("bounding", sets.bounding);
    add("ambient", sets.ambient);
    add("obtainable", sets.obtainable);
}

std::string idText(const model::Fact<std::uint64_t>& fact) {
    return fact.known() ? std::to_string(fact.value()) : fact.unreadable() ? "?" : "";
}

void addNamespaces(Page& page, const Snapshot& snapshot) {
    if (snapshot.namespaces.empty()) {
        return;
    }
    const std::vector<std::size_t> widths = {8, 22, 12};
    page.head("Namespaces");
    page.row({"type", "whose", "inode", "owned by"}, widths);
    for (const auto& [type, space] : snapshot.namespaces) {
        std::string whose = space.declared.valueOr("not stated");
        if (space.sharedWithHost.known()) {
            whose = space.sharedWithHost.value() ? "the host's" : "own";
        } else if (space.sharedWithHost.unreadable()) {
            whose = "? " + space.sharedWithHost.gap().reason;
        }
        std::string owner =
            space.ownedByHost.known()
                ? (space.ownedByHost.value() ? "the host's user namespace" : "a child user namespace")
            : space.ownedByHost.unreadable() ? "? " + space.ownedByHost.gap().reason
                                             : "";
        page.row({std::string(model::nameOf(type)), whose, idText(space.inode), owner}, widths);
    }
}

std::string mountSource(const model::Mount& mount) {
    if (mount.hostPaths.known() && !mount.hostPaths.value().empty()) {
        return "host " + mount.hostPaths.value().front();
    }
    return mount.source;
}

void addMounts(Page& page, const Snapshot& snapshot) {
    if (snapshot.mounts.unstated()) {
        return;
    }
    page.head("Mounts");
    if (snapshot.mounts.unreadable()) {
        page.entry("mounts", "? " + snapshot.mounts.gap().reason, diagram::Mark::gap);
        return;
    }
    const std::vector<std::size_t> widths = {page.width() / 2 - 6, 10, 2};
    page.row({"target", "type", "", "source"}, widths);
    for (const model::Mount& mount : snapshot.mounts.value()) {
        const std::string shadowed = mount.visible ? "" : " (shadowed)";
        page.row(
            {mount.target + shadowed, mount.fsType, mount.readOnly ? "ro" : "rw", mountSource(mount)},
            widths);
    }
}

/// Facts that are not known for one reason, told once.
struct GapGroup {
    model::Unreadable why;
    std::string paths;
};

std::vector<GapGroup> groupGaps(const std::vector<model::Gap>& gaps) {
    std::vector<GapGroup> groups;
    std::map<model::Unreadable, std::size_t> places;
    for (const model::Gap& gap : gaps) {
        const auto [place, fresh] = places.try_emplace(gap.why, groups.size());
        if (fresh) {
            groups.push_back({gap.why, gap.path});
        } else {
            groups[place->second].paths += ", " + gap.path;
        }
    }
    return groups;
}

/// "denied EROFS"
std::string outcomeOf(const model::Probe& probe) {
    const std::string number =
        probe.errorNumber == 0 ? "" : " " + base::errnoName(static_cast<int>(probe.errorNumber));
    return std::string(model::nameOf(probe.result)) + number;
}

/// Tries that came out otherwise than the enforced facts say, each with its cause; then the rest by what was
/// tried and how it came out.
void addProbes(Page& page, const Snapshot& snapshot) {
    if (!snapshot.probes.known()) {
        return;
    }
    const std::vector<model::Probe>& probes = snapshot.probes.value();
    const auto differs = [](const model::Probe& probe) { return probe.agrees == false; };
    const auto count = std::ranges::count_if(probes, differs);
    page.head(fmt::format("Tried from inside ({}, {} otherwise than enforced)", probes.size(), count));
    std::map<std::pair<std::string, std::string>, std::string> grouped;
    for (const model::Probe& probe : probes) {
        if (differs(probe)) {
            const std::string_view predicted = model::nameOf(*probe.predicted);
            page.entry(
                probe.test,
                fmt::format(
                    "{}{}{}; enforced says {}", probe.target, probe.target.empty() ? "" : ": ",
                    outcomeOf(probe), predicted),
                diagram::Mark::weaker);
            page.below(probe.cause.empty() ? "no known cause" : probe.cause);
        } else {
            std::string& targets = grouped[{probe.test, outcomeOf(probe)}];
            targets += (targets.empty() || probe.target.empty() ? "" : " ") + probe.target;
        }
    }
    for (const auto& [what, targets] : grouped) {
        page.entry(what.first, what.second + (targets.empty() ? "" : ": " + targets));
    }
}

void addGaps(Page& page, const Snapshot& snapshot) {
    const std::vector<model::Gap> gaps = model::gapsOf(snapshot);
    if (gaps.empty()) {
        return;
    }
    page.head(fmt::format("Not known ({})", gaps.size()));
    for (const GapGroup& group : groupGaps(gaps)) {
        page.paragraph(group.paths);
        page.below(group.why.reason + (group.why.needs.empty() ? "" : "; needs " + group.why.needs));
    }
}

} // namespace

std::string writeSubject(const Snapshot& snapshot, const TableOptions& options) {
    Page page(options);
    addTitle(page, snapshot);
    addSlots(page, snapshot);
    addCapabilities(page, snapshot);
    addNamespaces(page, snapshot);
    addMounts(page, snapshot);
    addProbes(page, snapshot);
    addGaps(page, snapshot);
    return page.take();
}

} // namespace bulkhead::report
