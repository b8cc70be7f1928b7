#include "ui/models/syscall_table.h"

#include "core/seccomp/verdict_changes.h"
#include "ui/models/cell_text.h"
#include "ui/models/syscall_ranges.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <set>

namespace bulkhead::models {

namespace {

using State = SyscallCell::State;

QString say(const char* text) {
    return QCoreApplication::translate("syscalls", text);
}

const model::Seccomp* seccompOf(const diagram::SubjectView& subject, model::Vantage vantage) {
    const model::Snapshot* snapshot = subject.at(vantage);
    return snapshot == nullptr ? nullptr : &snapshot->seccomp;
}

/// The account of one ABI; without a filter every call of every ABI is left.
const model::ArchVerdicts* accountOf(const model::Seccomp* seccomp, const std::string& abi) {
    static const model::ArchVerdicts everything;
    if (seccomp == nullptr || !seccomp->verdicts.known()) {
        return nullptr;
    }
    const auto found = seccomp->verdicts.value().find(abi);
    if (found != seccomp->verdicts.value().end()) {
        return &found->second;
    }
    const bool unfiltered = seccomp->mode.known() && seccomp->mode.value() == model::SeccompMode::disabled;
    return unfiltered ? &everything : nullptr;
}

SyscallCell cellOf(const model::Seccomp* seccomp, const std::string& abi, const std::string& call) {
    SyscallCell cell;
    if (seccomp != nullptr && seccomp->verdicts.unreadable()) {
        cell.state = State::unread;
        cell.why = seccomp->verdicts.gap();
    } else if (const model::ArchVerdicts* account = accountOf(seccomp, abi)) {
        cell.state = account->reachable ? State::verdict : State::notRun;
        cell.verdict = call.empty() ? account->others : verdictOf(*account, call);
    }
    return cell;
}

/// How a relation of sets of allowed calls moves authority.
diagram::Mark markOf(seccomp::Relation relation) {
    switch (relation) {
    case seccomp::Relation::same:
        return diagram::Mark::same;
    case seccomp::Relation::wider:
        return diagram::Mark::weaker;
    case seccomp::Relation::narrower:
        return diagram::Mark::stronger;
    case seccomp::Relation::incomparable:
        return diagram::Mark::incomparable;
    case seccomp::Relation::unknown:
        return diagram::Mark::unknown;
    default:
        return diagram::Mark::neutral; // denied otherwise, or allowed and logged
    }
}

/// What the kernel does not ask a filter about gets through, whatever that says.
model::SeccompVerdict effective(const model::SeccompVerdict& verdict) {
    return verdict.kernelExempt.value_or(false) ? model::SeccompVerdict{} : verdict;
}

void compareRow(SyscallRow& row, std::size_t baseline) {
    const seccomp::Arch* arch = seccomp::findArch(row.abi);
    const bool wide = arch == nullptr || arch->wide;
    const bool known = baseline < row.cells.size() && row.cells[baseline].state == State::verdict;
    for (std::size_t i = 0; known && i < row.cells.size(); ++i) {
        SyscallCell& cell = row.cells[i];
        if (i != baseline && cell.state == State::verdict) {
            cell.mark = markOf(
                seccomp::relationOf(effective(row.cells[baseline].verdict), effective(cell.verdict), wide));
            row.differs = row.differs || cell.mark != diagram::Mark::same;
        }
    }
}

void addAbi(
    std::vector<SyscallRow>& rows, const std::vector<const model::Seccomp*>& all, const std::string& abi,
    std::size_t baseline) {
    std::vector<const model::ArchVerdicts*> accounts;
    std::set<std::string> calls;
    for (const model::Seccomp* seccomp : all) {
        if (const model::ArchVerdicts* account = accountOf(seccomp, abi)) {
            accounts.push_back(account);
            for (const auto& [call, verdict] : account->calls) {
                if (!callRange(call) && !call.empty()) {
                    calls.insert(call);
                }
            }
        }
    }
    std::vector<std::string> ordered(calls.begin(), calls.end());
    for (const CallRange& range : commonRanges(accounts)) {
        ordered.push_back(callRangeText(range));
    }
    ordered.emplace_back(); // all others
    for (const std::string& call : ordered) {
        SyscallRow row{abi, call, {}, false};
        for (const model::Seccomp* seccomp : all) {
            row.cells.push_back(cellOf(seccomp, abi, call));
        }
        compareRow(row, baseline);
        rows.push_back(std::move(row));
    }
}

QString gapNote(const model::Unreadable& why, const QStringList& names) {
    const QString who = names.join(QStringLiteral(", "));
    return why.needs.empty()
               ? say("%1: %2.").arg(who, toQString(why.reason))
               : say("%1: %2. To read them: %3.").arg(who, toQString(why.reason), toQString(why.needs));
}

} // namespace

std::vector<std::string>
syscallAbis(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    std::map<std::string, std::size_t> calls;
    for (const diagram::SubjectView& subject : subjects) {
        const model::Seccomp* seccomp = seccompOf(subject, vantage);
        if (seccomp != nullptr && seccomp->verdicts.known()) {
            for (const auto& [abi, account] : seccomp->verdicts.value()) {
                calls[abi] += account.calls.size() + (account.reachable ? 1000 : 0);
            }
        }
    }
    std::vector<std::string> abis;
    abis.reserve(calls.size());
    for (const auto& [abi, count] : calls) {
        abis.push_back(abi);
    }
    std::ranges::stable_sort(abis, [&](const auto& a, const auto& b) { return calls[a] > calls[b]; });
    return abis;
}

std::vector<SyscallRow>
syscallRows(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request) {
    std::vector<const model::Seccomp*> all;
    all.reserve(subjects.size());
    for (const diagram::SubjectView& subject : subjects) {
        all.push_back(seccompOf(subject, request.vantage));
    }
    std::vector<SyscallRow> rows;
    for (const std::string& abi : syscallAbis(subjects, request.vantage)) {
        if (!request.abi || *request.abi == abi) {
            addAbi(rows, all, abi, request.baseline);
        }
    }
    return rows;
}

QStringList syscallNotes(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request) {
    std::map<model::Unreadable, QStringList> gaps;
    std::map<QString, QStringList> notes;
    for (const diagram::SubjectView& subject : subjects) {
        const model::Seccomp* seccomp = seccompOf(subject, request.vantage);
        if (seccomp == nullptr) {
            continue;
        }
        const QString name = toQString(subject.name);
        if (seccomp->verdicts.unreadable()) {
            gaps[seccomp->verdicts.gap()] << name;
        }
        for (const auto& [abi, account] : seccomp->verdicts.valueOr({})) {
            if (!account.reachable) {
                notes[say("%1 is not run by the kernel of").arg(toQString(abi))] << name;
            }
        }
        for (const std::string& forgotten : seccomp->archGaps.valueOr({})) {
            notes[say("%1 is forgotten by the filters of").arg(toQString(forgotten))] << name;
        }
    }
    QStringList lines;
    for (const auto& [why, names] : gaps) {
        lines << gapNote(why, names);
    }
    for (const auto& [words, names] : notes) {
        lines << QStringLiteral("%1 %2.").arg(words, names.join(QStringLiteral(", ")));
    }
    return lines;
}

} // namespace bulkhead::models
