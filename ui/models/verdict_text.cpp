#include "ui/models/verdict_text.h"

#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cstring>

namespace bulkhead::models {

namespace {

constexpr int kMostCases = 12; ///< in one cell or tooltip; a program can make thousands

QString say(const char* text) {
    return QCoreApplication::translate("verdict", text);
}

QString numberText(std::uint64_t value) {
    return value < 10 ? QString::number(value) : QStringLiteral("0x%1").arg(value, 0, 16);
}

QString conjunctionText(const std::vector<model::ArgumentCondition>& when) {
    QStringList parts;
    for (const model::ArgumentCondition& condition : when) {
        parts << conditionText(condition);
    }
    return parts.join(say(" and "));
}

/// The cases of one answer.
struct Answer {
    model::SeccompAction action;
    std::int64_t data;
    QStringList when;
};

/// Cases are disjoint and complete: gathered by their answer, laxest first, the strictest is what is left.
std::vector<Answer> answersOf(const model::SeccompVerdict& verdict) {
    std::vector<Answer> answers;
    for (const model::SeccompCase& one : verdict.cases) {
        const auto same = std::ranges::find_if(answers, [&](const Answer& answer) {
            return answer.action == one.action && answer.data == one.data;
        });
        Answer& answer =
            same == answers.end() ? answers.emplace_back(Answer{one.action, one.data, {}}) : *same;
        answer.when << conjunctionText(one.when);
    }
    std::ranges::stable_sort(answers, [](const Answer& a, const Answer& b) { return a.action > b.action; });
    return answers;
}

QString alternatives(QStringList when, const QString& between) {
    if (when.size() > kMostCases) {
        const auto more = when.size() - kMostCases;
        when = when.mid(0, kMostCases);
        when << say("%1 more").arg(more);
    }
    return when.join(between);
}

QString doubtText(const model::SeccompDoubt& doubt) {
    QStringList reachable;
    for (const model::SeccompWitness& witness : doubt.witnesses) {
        const QString action = actionText(witness.action, witness.data);
        if (!reachable.contains(action)) {
            reachable << action;
        }
    }
    return say("undetermined: %1; can answer %2")
        .arg(toQString(doubt.expression), reachable.join(QStringLiteral(", ")));
}

QString witnessText(const model::SeccompWitness& witness) {
    QStringList args;
    for (const model::Hex64& arg : witness.args) {
        args << numberText(arg.value);
    }
    return say("%1 with arguments %2")
        .arg(actionText(witness.action, witness.data), args.join(QStringLiteral(", ")));
}

} // namespace

QString actionText(model::SeccompAction action, std::int64_t data) {
    if (action != model::SeccompAction::errorNumber) {
        return toQString(model::nameOf(action));
    }
    const char* name = data == 0 ? nullptr : strerrorname_np(static_cast<int>(data));
    if (data == 0) {
        return say("errno 0 (nothing done, looks like success)");
    }
    return name == nullptr ? QStringLiteral("errno %1").arg(data)
                           : QStringLiteral("errno %1 (%2)").arg(data).arg(QLatin1String(name));
}

QString conditionText(const model::ArgumentCondition& condition) {
    const QString masked = condition.mask.value == ~0ULL
                               ? QString()
                               : QStringLiteral(" & %1").arg(numberText(condition.mask.value));
    return QStringLiteral("arg%1%2 %3 %4")
        .arg(condition.arg)
        .arg(masked, toQString(model::nameOf(condition.op)), numberText(condition.value.value));
}

QString verdictText(const model::SeccompVerdict& verdict) {
    QString words;
    if (verdict.doubt) {
        words = doubtText(*verdict.doubt);
    } else if (verdict.cases.empty()) {
        words = actionText(verdict.action, verdict.data);
    } else {
        const std::vector<Answer> answers = answersOf(verdict);
        QStringList parts;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const QString action = actionText(answers[i].action, answers[i].data);
            parts
                << (i + 1 == answers.size() && i > 0
                        ? say("else %1").arg(action)
                        : say("%1 if %2").arg(action, alternatives(answers[i].when, say(" or "))));
        }
        words = parts.join(QStringLiteral("; "));
    }
    return verdict.kernelExempt.value_or(false) ? say("runs unasked (filter: %1)").arg(words) : words;
}

QString verdictToolTip(const model::SeccompVerdict& verdict) {
    QStringList lines;
    if (verdict.kernelExempt.value_or(false)) {
        lines << say("The kernel runs this call without asking any filter.");
    }
    for (const Answer& answer : answersOf(verdict)) {
        const QString action = actionText(answer.action, answer.data);
        lines << say("%1 if").arg(action) + QStringLiteral("\n    ") +
                     alternatives(answer.when, say("\n or "));
    }
    if (verdict.doubt) {
        lines << say("The program defies an exact answer: it computes %1")
                     .arg(toQString(verdict.doubt->expression));
        for (const model::SeccompWitness& witness : verdict.doubt->witnesses) {
            lines << witnessText(witness);
        }
    }
    return lines.isEmpty() ? verdictText(verdict) : lines.join(QLatin1Char('\n'));
}

} // namespace bulkhead::models
