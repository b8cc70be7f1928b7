#include "core/base/escaped.h"
#include "core/report/line_wrap.h"
#include "core/report/paths_parts.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace bulkhead::report {

namespace {

using model::Truth;
using threat::Attack;
using threat::FactUsed;
using threat::Finding;
using threat::Path;

constexpr std::size_t kMostFacts = 6;
constexpr std::size_t kMostWhole = 10; // kinds of paths that are told step by step; the others are named
constexpr std::size_t kMostObjects = 4;
constexpr std::size_t kIndent = 7;

std::string namesOf(const model::AttackAuthorities& authorities) {
    std::string out;
    for (const model::AttackAuthority authority : authorities) {
        out += (out.empty() ? "" : ", ") + std::string(threat::rowOf(authority).title);
    }
    return out.empty() ? "nothing by itself" : out;
}

std::string placeOf(const model::Evidence& evidence) {
    if (evidence.file.empty()) {
        return evidence.source.empty() ? "" : " (" + evidence.source + ")";
    }
    return " (" + evidence.file + (evidence.line > 0 ? ":" + std::to_string(evidence.line) : "") + ")";
}

std::string factLine(const FactUsed& fact) {
    return fact.path + " = " + (fact.value.empty() ? "not said" : fact.value) + placeOf(fact.evidence);
}

/// "mitre-attack T1610, T1611; cis-docker 5.5".
std::string referencesOf(const catalog::Weakness& weakness) {
    std::string out;
    std::string_view last;
    for (const catalog::Reference& reference : weakness.references) {
        if (reference.catalogue == last) {
            out += ", " + reference.id;
        } else {
            out += (out.empty() ? "" : "; ") + reference.catalogue + " " + reference.id;
        }
        last = reference.catalogue;
    }
    return out;
}

/// "seccomp: deny mount; lsm: deny mount".
std::string controlsOf(const catalog::Weakness& weakness) {
    std::string out;
    for (const catalog::Control& control : weakness.controls) {
        out +=
            (out.empty() ? "" : "; ") + std::string(model::nameOf(control.enforcer)) + ": " + control.measure;
    }
    return out;
}

/// "gives root on the host"; what every path begins with goes without saying.
std::string movesOf(const catalog::Weakness& weakness) {
    if (weakness.kind == catalog::WeaknessKind::blindness) {
        return weakness.authority;
    }
    const std::string gives = "gives " + namesOf(weakness.gives);
    const bool plain = weakness.needs == model::AttackAuthorities{model::AttackAuthority::codeInContainer};
    return plain ? gives : "needs " + namesOf(weakness.needs) + "; " + gives;
}

bool sameKind(const Attack& attack, const Path& one, const Path& other) {
    const auto weakness = [&attack](std::size_t step) { return attack.findings[step].weakness; };
    return one.reaches == other.reaches && one.certainty == other.certainty &&
           std::ranges::equal(one.steps, other.steps, {}, weakness, weakness);
}

std::string objectsOf(const Attack& attack, const Path& path) {
    std::string out;
    for (const std::size_t step : path.steps) {
        const std::string name = threat::stepName(attack.findings[step]);
        const std::size_t at = name.find('@');
        if (at != std::string::npos) {
            out += (out.empty() ? "" : " with ") + name.substr(at + 1);
        }
    }
    return out;
}

/// "also at /dev/tty1 (12), /dev/tty2 (13) and 26 more".
std::string alsoText(const Attack& attack, const PathKind& kind, const PathsPage& page) {
    if (kind.size() == 1) {
        return "";
    }
    std::string text = "also at ";
    const std::size_t named = std::min(kind.size(), kMostObjects + 1);
    for (std::size_t i = 1; i < named; ++i) {
        text += fmt::format(
            "{}{} ({})", i == 1 ? "" : ", ", objectsOf(attack, attack.paths[kind[i]]), kind[i] + 1);
    }
    if (kind.size() > named) {
        text += fmt::format(" and {} more, the last is {}", kind.size() - named, kind.back() + 1);
    }
    return page.wrapped(text, kIndent);
}

std::string certaintyOf(const Path& path, const TerminalStyle& style) {
    const bool certain = path.certainty == Truth::yes;
    return style.marked(
        certain ? diagram::Mark::weaker : diagram::Mark::unknown, certain ? "certain " : "possible");
}

/// Which path told a finding first, by the finding.
using Told = std::map<std::size_t, std::size_t>;

std::string pathText(const Attack& attack, const PathKind& kind, Told& told, const PathsPage& page) {
    const std::size_t number = kind.front() + 1;
    const Path& path = attack.paths[kind.front()];
    std::string out =
        fmt::format("  {:<3} {} {}\n", number, certaintyOf(path, page.style), page.style.bold(endOf(path)));
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        const Finding& finding = attack.findings[path.steps[i]];
        const std::string name = page.style.bold(base::terminalText(threat::stepName(finding)).str());
        const auto [first, fresh] = told.try_emplace(path.steps[i], number);
        if (fresh) {
            out += fmt::format("    {}. {}\n", i + 1, name) + findingText(finding, page);
        } else {
            out += fmt::format("    {}. {}, as in {}\n", i + 1, name, first->second);
        }
    }
    return out + alsoText(attack, kind, page);
}

} // namespace

std::string PathsPage::wrapped(const std::string& text, std::size_t indent, const std::string& lead) const {
    const std::size_t room = columns > indent + 20 ? columns - indent : 20;
    std::string out;
    for (const std::string& line : wrapText(base::terminalText(text).str(), fitsCells(room))) {
        const bool first = out.empty() && !lead.empty();
        out += (first ? lead : std::string(indent, ' ')) + line + "\n";
    }
    return out;
}

std::vector<PathKind> kindsOf(const Attack& attack) {
    std::vector<PathKind> out;
    for (std::size_t i = 0; i < attack.paths.size(); ++i) {
        const auto known = std::ranges::find_if(out, [&](const PathKind& kind) {
            return sameKind(attack, attack.paths[kind.front()], attack.paths[i]);
        });
        if (known == out.end()) {
            out.push_back({i});
        } else {
            known->push_back(i);
        }
    }
    return out;
}

std::string numbersOf(const std::vector<std::size_t>& places) {
    std::string out;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const std::size_t first = i;
        while (i + 1 < places.size() && places[i + 1] == places[i] + 1) {
            ++i;
        }
        out += (out.empty() ? "" : ", ") + std::to_string(places[first] + 1);
        out += i == first ? "" : "-" + std::to_string(places[i] + 1);
    }
    return out;
}

std::string findingText(const Finding& finding, const PathsPage& page) {
    const std::string blanks(kIndent, ' ');
    std::string out = page.wrapped(finding.weakness->title, kIndent);
    out += page.wrapped(movesOf(*finding.weakness), kIndent);
    for (std::size_t i = 0; i < std::min(finding.facts.size(), kMostFacts); ++i) {
        out += page.wrapped(factLine(finding.facts[i]), kIndent + 2, blanks + "- ");
    }
    if (finding.facts.size() > kMostFacts) {
        out += page.wrapped(fmt::format("and {} more facts", finding.facts.size() - kMostFacts), kIndent + 2);
    }
    for (const model::Gap& gap : finding.deciding) {
        out += page.wrapped(gap.path + ": not known, " + gap.why.reason, kIndent + 2, blanks + "? ");
    }
    if (!finding.weakness->controls.empty()) {
        out += page.wrapped("stopped by " + controlsOf(*finding.weakness), kIndent + 2, blanks + "+ ");
    }
    const std::string references = referencesOf(*finding.weakness);
    return references.empty() ? out : out + page.style.muted(page.wrapped("see " + references, kIndent));
}

std::string overviewText(const Attack& attack, const std::vector<PathKind>& kinds, const PathsPage& page) {
    std::vector<std::string> numbers;
    std::size_t width = 3;
    for (const PathKind& kind : kinds) {
        numbers.push_back(numbersOf(kind));
        width = std::clamp(numbers.back().size(), width, std::size_t{12});
    }
    std::string out;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const Path& path = attack.paths[kinds[i].front()];
        const std::string alike =
            kinds[i].size() == 1 ? "" : fmt::format(" and {} alike", kinds[i].size() - 1);
        const std::string lead =
            fmt::format("  {:<{}} {} ", numbers[i], width, certaintyOf(path, page.style));
        out += page.wrapped(endOf(path) + ": " + path.id + alike, width + 12, lead);
    }
    return out;
}

std::string stepsText(const Attack& attack, const std::vector<PathKind>& kinds, const PathsPage& page) {
    Told told;
    std::string out;
    for (std::size_t i = 0; i < std::min(kinds.size(), kMostWhole); ++i) {
        out += pathText(attack, kinds[i], told, page);
    }
    if (kinds.size() > kMostWhole) {
        out += page.wrapped("the others step by step: --format json", 2);
    }
    return out;
}

} // namespace bulkhead::report
