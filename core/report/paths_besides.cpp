#include "core/base/escaped.h"
#include "core/report/paths_parts.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace bulkhead::report {

namespace {

using catalog::WeaknessKind;
using model::Truth;
using threat::Attack;
using threat::Finding;

constexpr std::size_t kMostKeepers = 12;

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

/// The places of paths by id.
std::vector<std::size_t> placesOf(const Attack& attack, const std::vector<std::string>& ids) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < attack.paths.size(); ++i) {
        if (std::ranges::find(ids, attack.paths[i].id) != ids.end()) {
            out.push_back(i);
        }
    }
    return out;
}

std::string changeText(
    const std::string& title, const std::string& words, const std::string& closes, const PathsPage& page) {
    std::string out = page.wrapped(title, 4, "  - ");
    out += words.empty() ? "" : "      " + page.style.bold(base::terminalText(words).str()) + "\n";
    return closes.empty() ? out : out + page.wrapped("closes " + closes, 6);
}

/// "1, 3-4, and 2 with the other changes".
std::string closesText(const Attack& attack, const threat::CutChange& one) {
    if (one.closes.empty()) {
        return "";
    }
    std::vector<std::string> alone;
    std::ranges::copy_if(one.closes, std::back_inserter(alone), [&](const std::string& id) {
        return std::ranges::find(one.together, id) == one.together.end();
    });
    const bool all = alone.size() == attack.paths.size();
    std::string out = all ? "all of them" : numbersOf(placesOf(attack, alone));
    if (!one.together.empty()) {
        out += (out.empty() ? "" : ", and ") + numbersOf(placesOf(attack, one.together)) +
               " together with the other changes";
    }
    return out + (one.certainty == Truth::yes ? "" : " (only possible paths)");
}

std::string outsideText(const SubjectPaths& subject, const PathsPage& page) {
    std::string out;
    for (const threat::OutsideChange& one : subject.outside) {
        out += changeText(
            threat::titleOf(one.change), one.words,
            closesText(subject.attack, {one.change, one.closes, {}, one.certainty}), page);
    }
    return out.empty()
               ? out
               : "  " + page.style.bold("Outside of the document, for every container there") + "\n" + out;
}

void addId(std::string& ids, const Finding& finding) {
    ids += (ids.empty() ? "" : ", ") + threat::stepName(finding);
}

/// Who would know, else why it is not known.
std::string whoKnows(const Finding& finding) {
    if (finding.deciding.empty()) {
        return "not known";
    }
    const model::Unreadable& why = finding.deciding.front().why;
    return why.needs.empty() ? why.reason : why.needs;
}

using Asked = std::vector<std::pair<std::string, std::string>>;

/// Ids by who knows, in the order of the catalogue.
void addUndecided(Asked& asked, const Finding& finding) {
    const std::string who = whoKnows(finding);
    auto known = std::ranges::find(asked, who, &Asked::value_type::first);
    if (known == asked.end()) {
        known = asked.insert(asked.end(), {who, ""});
    }
    addId(known->second, finding);
}

std::string titled(std::string_view title, const std::string& lines, const PathsPage& page) {
    return lines.empty() ? lines : "  " + page.style.bold(title) + "\n" + lines;
}

} // namespace

std::string cutText(const SubjectPaths& subject, const PathsPage& page) {
    const threat::Cut& cut = *subject.cut;
    std::string out = "  " + page.style.bold("The cut") + "\n";
    if (cut.changes.empty()) {
        out += page.wrapped(
            subject.attack.paths.empty() ? "nothing to close"
                                         : "no change of the configuration closes any of these paths",
            4);
    }
    for (const threat::CutChange& one : cut.changes) {
        out += changeText(
            threat::titleOf(one.change), threat::wordsOf(one.change, subject.form),
            closesText(subject.attack, one), page);
    }
    if (!cut.proven) {
        out += page.wrapped("a smaller set may exist: the search met its bound", 4);
    }
    if (!cut.beyond.empty() && !subject.attack.paths.empty()) {
        const std::string numbers = numbersOf(placesOf(subject.attack, cut.beyond));
        out += page.wrapped(
            "no change of the configuration closes " + (numbers.empty() ? "what is left" : numbers) +
                ": that takes the host, its kernel or its runtime",
            4);
    }
    return out + outsideText(subject, page);
}

std::string blockedText(const Attack& attack, const PathsPage& page) {
    const std::vector<Keeper> keepers = keepersOf(attack);
    if (keepers.empty()) {
        return "";
    }
    std::string out = "  " + page.style.bold("Kept closed by one thing alone") + "\n";
    for (std::size_t i = 0; i < std::min(keepers.size(), kMostKeepers); ++i) {
        out += page.wrapped(keepers[i].what, 4, "  | ");
        for (const auto& [end, ids] : keepers[i].ids) {
            out += page.style.muted(page.wrapped(fmt::format("{}: {}", end, ids), 8, "      "));
        }
    }
    if (keepers.size() > kMostKeepers) {
        out += page.wrapped(fmt::format("and {} more things", keepers.size() - kMostKeepers), 4);
    }
    return out;
}

std::string blindText(const Attack& attack, const PathsPage& page) {
    std::string out;
    for (const Finding& finding : attack.findings) {
        if (finding.truth != Truth::no && !finding.undecidable &&
            finding.weakness->kind == WeaknessKind::blindness) {
            out += fmt::format(
                "  ! {} {}\n", finding.truth == Truth::yes ? "certain " : "possible",
                page.style.bold(base::terminalText(threat::stepName(finding)).str()));
            out += findingText(finding, page);
        }
    }
    return titled("Evidence can be taken away", out, page);
}

std::string besidesText(const Attack& attack, const PathsPage& page) {
    std::string worth;
    Asked asked;
    for (const Finding& finding : attack.findings) {
        const bool hygiene = finding.weakness->kind == WeaknessKind::hygiene;
        if (hygiene && finding.truth == Truth::yes && !finding.undecidable) {
            addId(worth, finding);
        } else if (finding.truth != Truth::no && (hygiene || finding.undecidable)) {
            addUndecided(asked, finding);
        }
    }
    std::string open;
    for (const auto& [who, ids] : asked) {
        open += page.style.muted(page.wrapped(std::string(who).append(": ").append(ids), 4, "  ? "));
    }
    return titled(
               "Worth fixing, and no way out by itself", worth.empty() ? worth : page.wrapped(worth, 4),
               page) +
           titled("Not decided by these facts", open, page);
}

} // namespace bulkhead::report
