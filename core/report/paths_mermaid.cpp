#include "core/base/escaped.h"
#include "core/report/markdown_table.h"
#include "core/report/mermaid_node.h"
#include "core/report/paths.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace bulkhead::report {

namespace {

using model::AttackAuthority;
using model::Truth;
using threat::Attack;
using threat::Finding;
using threat::Path;

constexpr std::size_t kMostPaths = 8;
constexpr std::size_t kMostBlocked = 5;
constexpr std::size_t kMostRows = 12; ///< of a table in a report

/// A flowchart as it is put together: nodes once each, links numbered in the order of the text.
class Chart {
public:
    explicit Chart(const Attack& attack) : m_attack(attack) {}

    /// The node of an authority; what lies beyond the container is drawn as reached.
    std::string authority(AttackAuthority authority, bool reached) {
        const std::string id = fmt::format("A{}", static_cast<int>(authority));
        if (m_nodes.insert(id).second) {
            const threat::AuthorityRow& row = threat::rowOf(authority);
            const bool start = authority == AttackAuthority::codeInContainer;
            const std::string_view style = start                 ? "base"
                                           : row.host && reached ? "reached"
                                           : row.host            ? "gap"
                                                                 : "same";
            m_text += fmt::format("    {}([\"{}\"]):::{}\n", id, label({std::string(row.title)}), style);
        }
        return id;
    }

    std::string step(std::size_t place) {
        const Finding& finding = m_attack.findings[place];
        const std::string id = fmt::format("S{}", place);
        if (m_nodes.insert(id).second) {
            const bool sure = finding.truth == Truth::yes;
            std::vector<std::string> lines = wrapText(finding.weakness->title, fitsCells(kLine), kTitleLines);
            lines.insert(lines.begin(), finding.weakness->id);
            if (!finding.object.empty()) {
                const auto objects = wrapText(finding.object, fitsCells(kLine), 1);
                lines.insert(lines.end(), objects.begin(), objects.end());
            }
            if (!sure) {
                lines.emplace_back("possible");
            }
            m_text += fmt::format("    {}[\"{}\"]:::{}\n", id, label(lines), sure ? "weak" : "gap");
        }
        return id;
    }

    /// The bar at which a near miss ends.
    std::string stop(std::size_t place, const std::string& text) {
        const std::string id = fmt::format("B{}", place);
        if (m_nodes.insert(id).second) {
            m_text +=
                fmt::format("    {}[[\"{}\"]]:::stronger\n", id, label(wrapText(text, fitsCells(kLine), 3)));
        }
        return id;
    }

    void link(const std::string& from, const std::string& to, bool thick) {
        if (m_links.insert(from + to).second) {
            m_text += fmt::format("    {} {} {}\n", from, thick ? "==>" : "-.->", to);
            if (thick) {
                m_thick += fmt::format("{}{}", m_thick.empty() ? "" : ",", m_linkNumber);
            }
            ++m_linkNumber;
        }
    }

    [[nodiscard]] std::string text() const {
        return m_thick.empty()
                   ? m_text
                   : m_text + fmt::format("    linkStyle {} stroke:#d8512a,stroke-width:4px\n", m_thick);
    }

private:
    static constexpr std::size_t kLine = 34;
    static constexpr std::size_t kTitleLines = 3;

    static std::string label(const std::vector<std::string>& lines) {
        base::MermaidText out;
        for (const std::string& line : lines) {
            if (!out.str().empty()) {
                out += base::MermaidText::trusted("<br/>");
            }
            out += base::mermaidText(line);
        }
        // with SVG labels Mermaid decodes entities only where a label holds an element too
        const bool decoded =
            out.str().find('#') == std::string::npos || out.str().find("<br/>") != std::string::npos;
        return out.str() + (decoded ? "" : "<br/>");
    }

    const Attack& m_attack;
    std::string m_text;
    std::string m_thick;
    int m_linkNumber = 0;
    std::set<std::string> m_nodes;
    std::set<std::string> m_links;
};

void addPath(Chart& chart, const Attack& attack, const Path& path) {
    const threat::AuthorityRow& end = threat::rowOf(path.reaches);
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        const Finding& finding = attack.findings[path.steps[i]];
        const std::string step = chart.step(path.steps[i]);
        model::AttackAuthorities needs = finding.weakness->needs;
        if (needs.empty()) {
            needs.insert(AttackAuthority::codeInContainer);
        }
        const bool thick = finding.truth == Truth::yes;
        for (const AttackAuthority need : needs) {
            chart.link(chart.authority(need, true), step, thick);
        }
        for (const AttackAuthority given : finding.weakness->gives) {
            const bool wanted =
                given == end.authority || std::ranges::any_of(path.steps, [&](std::size_t later) {
                    return attack.findings[later].weakness->needs.contains(given);
                });
            if (wanted) {
                chart.link(step, chart.authority(given, true), thick);
            }
        }
    }
}

void addBlocked(Chart& chart, const Attack& attack, const threat::BlockedPath& blocked) {
    model::AttackAuthorities needs = attack.findings[blocked.barred].weakness->needs;
    if (needs.empty()) {
        needs.insert(AttackAuthority::codeInContainer);
    }
    const std::string bar = chart.stop(
        blocked.barred, attack.findings[blocked.barred].weakness->id + ": " + stopOf(attack, blocked));
    for (const AttackAuthority need : needs) {
        chart.link(chart.authority(need, true), bar, false);
    }
}

/// Paths of the same weaknesses at different objects, of which a reader wants one and their number.
struct Alike {
    const Path* first = nullptr;
    std::size_t count = 0;
};

/// "hostpath-etc" of "hostpath-etc@/host/etc", for each step.
std::string withoutObjects(const std::string& id) {
    std::string out;
    for (std::size_t from = 0; from < id.size();) {
        const std::size_t end = std::min(id.find(" > ", from), id.size());
        out += id.substr(from, std::min(id.find('@', from), end) - from) + " > ";
        from = std::min(end + 3, id.size());
    }
    return out;
}

std::vector<Alike> alikeIn(const std::vector<Path>& paths) {
    std::vector<Alike> out;
    std::map<std::tuple<std::string, AttackAuthority, Truth>, std::size_t> places;
    for (const Path& path : paths) {
        const auto [known, fresh] =
            places.try_emplace({withoutObjects(path.id), path.reaches, path.certainty}, out.size());
        if (fresh) {
            out.push_back({&path, 0});
        }
        ++out[known->second].count;
    }
    return out;
}

std::string pathLine(const Alike& alike) {
    const Path& path = *alike.first;
    return fmt::format(
        "| {} | {}{} | {} |\n", path.certainty == Truth::yes ? "certain" : "possible", md(path.id).str(),
        alike.count > 1 ? fmt::format(" and {} alike", alike.count - 1) : "", md(endOf(path)).str());
}

} // namespace

std::string writePathsMermaid(const SubjectPaths& subject) {
    const Attack& attack = subject.attack;
    Chart chart(attack);
    (void)chart.authority(AttackAuthority::codeInContainer, true);
    for (std::size_t i = 0; i < std::min(attack.paths.size(), kMostPaths); ++i) {
        addPath(chart, attack, attack.paths[i]);
    }
    for (std::size_t i = 0; i < std::min(attack.blocked.size(), kMostBlocked); ++i) {
        addBlocked(chart, attack, attack.blocked[i]);
    }
    std::string out = mermaidOpening(measuresFor(2));
    // from left to right: paths are short and many, and side by side they would be wider than any page
    constexpr std::string_view kDown = "flowchart TB";
    out.replace(out.find(kDown), kDown.size(), "flowchart LR");
    out += fmt::format(
        "    accTitle: {}\n    accDescr: {}\n", base::mermaidText("Attack paths of " + subject.subject).str(),
        base::mermaidText(fmt::format(
                              "{} paths from code in the container to the host, {} kept closed by one thing.",
                              attack.paths.size() + attack.more, attack.blocked.size()))
            .str());
    return out + chart.text() + std::string(mermaidStyles());
}

std::string pathsSection(const std::vector<SubjectPaths>& subjects) {
    std::string out = "### Attack paths\n\n";
    for (const SubjectPaths& subject : subjects) {
        const Attack& attack = subject.attack;
        out += fmt::format("**{}**: ", md(subject.subject).str());
        if (attack.paths.empty()) {
            out += "no way to the host is known from these facts.\n\n";
        } else {
            const std::vector<Alike> alike = alikeIn(attack.paths);
            const std::size_t shown = std::min(alike.size(), kMostRows);
            const std::uint64_t all = attack.paths.size() + attack.more;
            out += fmt::format(
                "{}{} to the host{}.\n\n| | path | reaches |\n| --- | --- | --- |\n",
                attack.exact ? "" : "at least ", all == 1 ? "one path" : fmt::format("{} paths", all),
                alike.size() > shown || attack.more > 0 ? ", the best known are listed" : "");
            for (std::size_t i = 0; i < shown; ++i) {
                out += pathLine(alike[i]);
            }
            out += "\n";
        }
        if (subject.cut && !subject.cut->changes.empty()) {
            out += "The least that closes what the configuration can close:\n\n";
            for (const threat::CutChange& one : subject.cut->changes) {
                out += fmt::format(
                    "- {}: {}\n", md(threat::titleOf(one.change)).str(),
                    md(threat::wordsOf(one.change, subject.form)).str());
            }
            out += "\n";
        }
        if (!attack.paths.empty() || !attack.blocked.empty()) {
            out += folded(
                "Picture of the paths of " + subject.subject,
                fmt::format("```mermaid\n{}```\n\n", writePathsMermaid(subject)));
        }
    }
    return out;
}

std::string pathChangesSection(const std::vector<SubjectPathChanges>& changes) {
    std::string rows;
    for (const SubjectPathChanges& one : changes) {
        for (const auto& [word, paths] :
             {std::pair("▼ opened", &one.changes.opened), std::pair("▲ closed", &one.changes.closed)}) {
            for (const Alike& alike : alikeIn(*paths)) {
                rows += fmt::format("| {} | {} {}", md(one.subject).str(), word, pathLine(alike));
            }
        }
    }
    return rows.empty() ? rows
                        : "### Attack paths opened and closed\n\n| subject | | | path | reaches |\n"
                          "| --- | --- | --- | --- | --- |\n" +
                              rows + "\n";
}

} // namespace bulkhead::report
