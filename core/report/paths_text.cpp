#include "core/base/escaped.h"
#include "core/report/line_wrap.h"
#include "core/report/paths.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace bulkhead::report {

namespace {

using model::Truth;
using threat::Attack;
using threat::FactUsed;
using threat::Finding;
using threat::Path;

constexpr std::size_t kMostFacts = 6;
constexpr std::size_t kMostKeepers = 12;
constexpr std::size_t kMostWhole = 10; // kinds of paths that are told step by step; the others are named
constexpr std::size_t kMostObjects = 4;

std::string
wrapped(const std::string& text, std::size_t columns, std::size_t indent, const std::string& lead = "") {
    const std::size_t room = columns > indent + 20 ? columns - indent : 20;
    std::string out;
    for (const std::string& line : wrapText(base::terminalText(text).str(), fitsCells(room))) {
        const bool first = out.empty() && !lead.empty();
        out += (first ? lead : std::string(indent, ' ')) + line + "\n";
    }
    return out;
}

std::string namesOf(const model::AttackAuthorities& authorities) {
    std::string out;
    for (const model::AttackAuthority authority : authorities) {
        out += (out.empty() ? "" : ", ") + std::string(threat::rowOf(authority).title);
    }
    return out.empty() ? "code in the container" : out;
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

std::string
stepText(const Finding& finding, std::size_t number, std::size_t columns, const TerminalStyle& style) {
    constexpr std::size_t kIndent = 7;
    std::string out =
        fmt::format("    {}. {}\n", number, style.bold(base::terminalText(threat::stepName(finding)).str()));
    out += wrapped(finding.weakness->title, columns, kIndent);
    out += wrapped(
        "needs " + namesOf(finding.weakness->needs) + "; gives " + namesOf(finding.weakness->gives), columns,
        kIndent);
    for (std::size_t i = 0; i < std::min(finding.facts.size(), kMostFacts); ++i) {
        out += wrapped(factLine(finding.facts[i]), columns, kIndent + 2, std::string(kIndent, ' ') + "- ");
    }
    if (finding.facts.size() > kMostFacts) {
        out += wrapped(
            fmt::format("and {} more facts", finding.facts.size() - kMostFacts), columns, kIndent + 2);
    }
    for (const model::Gap& gap : finding.deciding) {
        out += wrapped(
            gap.path + ": not known, " + gap.why.reason, columns, kIndent + 2,
            std::string(kIndent, ' ') + "? ");
    }
    for (const catalog::Control& control : finding.weakness->controls) {
        out += wrapped(
            "stopped by " + std::string(model::nameOf(control.enforcer)) + ": " + control.measure, columns,
            kIndent + 2, std::string(kIndent, ' ') + "+ ");
    }
    const std::string references = referencesOf(*finding.weakness);
    return references.empty() ? out : out + style.muted(wrapped("see " + references, columns, kIndent));
}

/// Paths that differ in nothing but the objects of their steps: as many disks, as many paths, one thought.
using PathKind = std::vector<std::size_t>;

bool sameKind(const Attack& attack, const Path& one, const Path& other) {
    const auto weakness = [&attack](std::size_t step) { return attack.findings[step].weakness; };
    return one.reaches == other.reaches && one.certainty == other.certainty &&
           std::ranges::equal(one.steps, other.steps, {}, weakness, weakness);
}

/// The places of the paths of each kind, in the order of their first.
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
std::string alsoText(const Attack& attack, const PathKind& kind, std::size_t columns) {
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
    return wrapped(text, columns, 7);
}

std::string pathText(
    const Attack& attack, const PathKind& kind, bool whole, std::size_t columns, const TerminalStyle& style) {
    const std::size_t number = kind.front();
    const Path& path = attack.paths[number];
    const bool certain = path.certainty == Truth::yes;
    std::string out = fmt::format(
        "  {:<3} {} {}\n", number + 1,
        style.marked(
            certain ? diagram::Mark::weaker : diagram::Mark::unknown, certain ? "certain " : "possible"),
        style.bold(endOf(path)));
    if (!whole) {
        return out + wrapped(path.id, columns, 7) + alsoText(attack, kind, columns);
    }
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        out += stepText(attack.findings[path.steps[i]], i + 1, columns, style);
    }
    return out + alsoText(attack, kind, columns);
}

std::string headOf(const SubjectPaths& subject) {
    const auto certain = std::ranges::count(subject.attack.paths, Truth::yes, &Path::certainty);
    const auto possible = static_cast<std::ptrdiff_t>(subject.attack.paths.size()) - certain;
    std::string text = fmt::format("{} ({}): ", subject.subject, model::nameOf(subject.vantage));
    if (subject.attack.paths.empty()) {
        return text + "no way to the host is known from these facts";
    }
    text += fmt::format(
        "{} certain {} to the host, {} possible", certain, certain == 1 ? "path" : "paths", possible);
    if (subject.attack.more > 0 || !subject.attack.exact) {
        text += fmt::format("; {}{} more", subject.attack.exact ? "" : "at least ", subject.attack.more);
    }
    return text;
}

/// The numbers of paths by id, as they are listed: "1-3, 5".
std::string numbersOf(const Attack& attack, const std::vector<std::string>& ids) {
    const auto isAmong = [&](std::size_t place) {
        return place < attack.paths.size() && std::ranges::find(ids, attack.paths[place].id) != ids.end();
    };
    std::string out;
    for (std::size_t i = 0; i < attack.paths.size(); ++i) {
        if (!isAmong(i)) {
            continue;
        }
        const std::size_t first = i;
        while (isAmong(i + 1)) {
            ++i;
        }
        out += (out.empty() ? "" : ", ") + std::to_string(first + 1);
        out += i == first ? "" : "-" + std::to_string(i + 1);
    }
    return out;
}

std::string cutText(const SubjectPaths& subject, std::size_t columns, const TerminalStyle& style) {
    const threat::Cut& cut = *subject.cut;
    std::string out = "  " + style.bold("The cut") + "\n";
    if (cut.changes.empty()) {
        out += wrapped(
            subject.attack.paths.empty() ? "nothing to close"
                                         : "no change of the configuration closes any of these paths",
            columns, 4);
    }
    for (const threat::CutChange& one : cut.changes) {
        const std::string words = threat::wordsOf(one.change, subject.form);
        out += wrapped(threat::titleOf(one.change), columns, 4, "  - ");
        out += words.empty() ? "" : "      " + style.bold(base::terminalText(words).str()) + "\n";
        const bool all = one.closes.size() == subject.attack.paths.size();
        out += one.closes.empty()
                   ? ""
                   : wrapped(
                         "closes " + (all ? "all of them" : numbersOf(subject.attack, one.closes)) +
                             (one.certainty == Truth::yes ? "" : " (only possible paths)"),
                         columns, 6);
    }
    if (!cut.proven) {
        out += wrapped("a smaller set may exist: the search met its bound", columns, 4);
    }
    if (!cut.beyond.empty() && !subject.attack.paths.empty()) {
        const std::string numbers = numbersOf(subject.attack, cut.beyond);
        out += wrapped(
            "no change of the configuration closes " + (numbers.empty() ? "what is left" : numbers) +
                ": that takes the host, its kernel or its runtime",
            columns, 4);
    }
    return out;
}

/// What one thing keeps closed, by where that leads: "cap-sys-admin-mount, core-pattern-writable".
struct Keeper {
    std::string what;
    std::vector<std::pair<std::string, std::string>> ids; ///< by the end of their paths
};

std::vector<Keeper> keepersOf(const Attack& attack) {
    std::vector<Keeper> out;
    for (const threat::BlockedPath& blocked : attack.blocked) {
        const std::string what = stopOf(attack, blocked);
        auto keeper = std::ranges::find(out, what, &Keeper::what);
        if (keeper == out.end()) {
            keeper = out.insert(out.end(), {what, {}});
        }
        const std::string end = endOf(blocked.path);
        auto led = std::ranges::find(keeper->ids, end, &std::pair<std::string, std::string>::first);
        if (led == keeper->ids.end()) {
            keeper->ids.emplace_back(end, blocked.path.id);
        } else {
            led->second += ", " + blocked.path.id;
        }
    }
    return out;
}

std::string blockedText(const SubjectPaths& subject, std::size_t columns, const TerminalStyle& style) {
    const std::vector<Keeper> keepers = keepersOf(subject.attack);
    std::string out = "  " + style.bold("Kept closed by one thing alone") + "\n";
    for (std::size_t i = 0; i < std::min(keepers.size(), kMostKeepers); ++i) {
        out += wrapped(keepers[i].what, columns, 4, "  | ");
        for (const auto& [end, ids] : keepers[i].ids) {
            out += style.muted(wrapped(fmt::format("{}: {}", end, ids), columns, 8, "      "));
        }
    }
    if (keepers.size() > kMostKeepers) {
        out += wrapped(fmt::format("and {} more things", keepers.size() - kMostKeepers), columns, 4);
    }
    return out;
}

} // namespace

std::string endOf(const Path& path) {
    return std::string(threat::rowOf(path.reaches).title);
}

std::string stopOf(const Attack& attack, const threat::BlockedPath& blocked) {
    const Finding& finding = attack.findings[blocked.barred];
    if (finding.facts.empty()) {
        return "stopped: " + finding.weakness->title + " does not hold";
    }
    const FactUsed& fact = finding.facts.front();
    return fmt::format("stopped by {}: {} is {}", threat::componentOf(fact.path), fact.path, fact.value);
}

std::string
writePaths(const std::vector<SubjectPaths>& subjects, std::size_t columns, const TerminalStyle& style) {
    std::string out;
    for (const SubjectPaths& subject : subjects) {
        out += out.empty() ? "" : "\n";
        out += wrapped(headOf(subject), columns, 0);
        const std::vector<PathKind> kinds = kindsOf(subject.attack);
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            out += pathText(subject.attack, kinds[i], i < kMostWhole, columns, style);
        }
        if (!subject.attack.blocked.empty()) {
            out += blockedText(subject, columns, style);
        }
        if (subject.cut) {
            out += cutText(subject, columns, style);
        }
    }
    return out;
}

std::string pathChangesSentence(const std::vector<SubjectPathChanges>& changes) {
    std::string out;
    const auto ids = [](const std::vector<Path>& paths) {
        constexpr std::size_t kNamed = 2;
        std::string text;
        for (std::size_t i = 0; i < std::min(paths.size(), kNamed); ++i) {
            text += (i == 0 ? "" : ", ") + paths[i].id;
        }
        return text + (paths.size() > kNamed ? ", ..." : "");
    };
    for (const SubjectPathChanges& one : changes) {
        const auto& [opened, closed] = one.changes;
        if (opened.empty() && closed.empty()) {
            continue;
        }
        out += (out.empty() ? "" : " ") + one.subject;
        if (!opened.empty()) {
            out += fmt::format(
                " opens {} {} to the host ({})", opened.size(), opened.size() == 1 ? "path" : "paths",
                ids(opened));
        }
        if (!closed.empty()) {
            out += fmt::format("{} closes {} ({})", opened.empty() ? "" : " and", closed.size(), ids(closed));
        }
        out += ".";
    }
    return out;
}

std::string writePathChanges(
    const std::vector<SubjectPathChanges>& changes, std::size_t columns, const TerminalStyle& style) {
    std::string out;
    const auto list = [&](const SubjectPathChanges& one, const std::vector<Path>& paths, diagram::Mark mark,
                          std::string_view word) {
        for (const Path& path : paths) {
            const std::string sure = path.certainty == Truth::yes ? "" : ", possible";
            out += "  " + style.marked(mark, std::string(word)) + " " +
                   wrapped(one.subject + ": " + path.id + " to " + endOf(path) + sure, columns, 9).substr(9);
        }
    };
    for (const SubjectPathChanges& one : changes) {
        list(one, one.changes.opened, diagram::Mark::weaker, "opened");
        list(one, one.changes.closed, diagram::Mark::stronger, "closed");
    }
    return out.empty() ? out : "\n" + style.bold("Attack paths") + "\n" + out;
}

} // namespace bulkhead::report
