#include "core/report/paths_parts.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::report {

namespace {

using model::Truth;
using threat::Attack;
using threat::FactUsed;
using threat::Finding;
using threat::Path;

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

/// What is most important first: how many ways there are and where they end, what closes them; then each step
/// by step, and what is no way out.
std::string subjectText(const SubjectPaths& subject, const PathsPage& page) {
    const std::vector<PathKind> kinds = kindsOf(subject.attack);
    const bool several = kinds.size() > 1;
    std::string out = page.wrapped(headOf(subject), 0);
    out += several ? overviewText(subject.attack, kinds, page) : "";
    out += subject.cut ? cutText(subject, page) : "";
    out += several ? "  " + page.style.bold("Step by step") + "\n" : "";
    out += stepsText(subject.attack, kinds, page);
    return out + blindText(subject.attack, page) + blockedText(subject.attack, page) +
           besidesText(subject.attack, page);
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
        out += (out.empty() ? "" : "\n") + subjectText(subject, {columns, style});
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
    const PathsPage page{columns, style};
    std::string out;
    const auto list = [&](const SubjectPathChanges& one, const std::vector<Path>& paths, diagram::Mark mark,
                          std::string_view word) {
        for (const Path& path : paths) {
            const std::string sure = path.certainty == Truth::yes ? "" : ", possible";
            out += "  " + style.marked(mark, std::string(word)) + " " +
                   page.wrapped(one.subject + ": " + path.id + " to " + endOf(path) + sure, 9).substr(9);
        }
    };
    for (const SubjectPathChanges& one : changes) {
        list(one, one.changes.opened, diagram::Mark::weaker, "opened");
        list(one, one.changes.closed, diagram::Mark::stronger, "closed");
    }
    return out.empty() ? out : "\n" + style.bold("Attack paths") + "\n" + out;
}

} // namespace bulkhead::report
