#include "ui/pages/filters_page.h"

#include "ui/models/cell_text.h"
#include "ui/models/program_model.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <algorithm>

namespace bulkhead::pages {

namespace {

constexpr std::size_t kMostAnswers = 12; ///< lines that are told; a program can answer in thousands

} // namespace

FiltersPage::FiltersPage(models::Workspace& workspace, QWidget* parent)
    : FiltersPage(workspace, new models::ProgramModel, parent) {}

FiltersPage::FiltersPage(models::Workspace& workspace, models::ProgramModel* model, QWidget* parent)
    : TablePage(*model, Kind::table, tr("Filters"), parent), m_workspace(workspace), m_model(model),
      m_subject(new QComboBox), m_filter(new QComboBox) {
    m_model->setParent(this);
    m_subject->setAccessibleName(tr("Subject whose filters are shown"));
    m_filter->setAccessibleName(tr("Filter of the stack"));
    m_filter->setToolTip(tr("Every filter is asked; the strictest answer holds, the newest of equal ones"));
    addControl(tr("&Of"), m_subject);
    addControl(tr("F&ilter"), m_filter);
    QCheckBox* way = addDifferences();
    way->setText(tr("Only its way"));
    way->setToolTip(tr("Leaves out the instructions that the selected system call does not come to"));
    connect(m_subject, &QComboBox::currentIndexChanged, this, &FiltersPage::fillFilters);
    connect(m_filter, &QComboBox::currentIndexChanged, this, &FiltersPage::showProgram);
}

void FiltersPage::showSubjects() {
    const int chosen = m_subject->count() == 0 ? -1 : m_subject->currentData().toInt();
    {
        const QSignalBlocker quiet(m_subject);
        m_subject->clear();
        for (const int id : m_workspace.state().columns) {
            m_subject->addItem(models::toQString(m_workspace.entry(id)->view.name), id);
        }
        m_subject->setCurrentIndex(std::max(0, m_subject->findData(chosen)));
    }
    fillFilters();
}

const model::Snapshot* FiltersPage::snapshot() const {
    const models::LibraryEntry* entry = m_workspace.entry(m_subject->currentData().toInt());
    return entry == nullptr ? nullptr : entry->view.at(m_workspace.vantage());
}

void FiltersPage::fillFilters() {
    const std::size_t count = models::filterStackOf(snapshot()).programs.size();
    {
        const QSignalBlocker quiet(m_filter);
        const int chosen = m_filter->currentIndex();
        m_filter->clear();
        for (std::size_t i = 0; i < count; ++i) {
            const QString words = i == 0 ? tr("%1 of %2, the oldest") : tr("%1 of %2");
            m_filter->addItem(count == 1 ? tr("the only one") : words.arg(i + 1).arg(count));
        }
        m_filter->setCurrentIndex(std::clamp(chosen, count == 0 ? -1 : 0, static_cast<int>(count) - 1));
        m_filter->setEnabled(count > 1);
    }
    showProgram();
}

void FiltersPage::showProgram() {
    const model::Snapshot* facts = snapshot();
    models::FilterStack stack = models::filterStackOf(facts);
    const int at = m_filter->currentIndex();
    const std::string arch = facts == nullptr ? std::string() : facts->host.arch.valueOr("");
    m_model->show(
        at < 0 ? seccomp::Program() : std::move(stack.programs[static_cast<std::size_t>(at)]), arch);
    m_why = m_subject->count() > 0 && at < 0
                ? QStringLiteral("%1: %2").arg(m_subject->currentText(), stack.why)
                : QString();
    showCall();
}

void FiltersPage::follow(int subject, const std::string& abi, const std::string& call) {
    m_abi = abi;
    m_call = call;
    const int row = m_subject->findData(subject);
    if (row >= 0 && row != m_subject->currentIndex()) {
        m_subject->setCurrentIndex(row); // shows the call as well
        return;
    }
    showCall();
}

void FiltersPage::showCall() {
    const model::Snapshot* facts = snapshot();
    const auto call = facts == nullptr || m_abi.empty() ? std::nullopt
                                                        : models::followedCall(facts->seccomp, m_abi, m_call);
    m_model->follow(call);
    setMessage(m_why);
    if (!call || m_model->rowCount() == 0) {
        return;
    }
    QStringList lines;
    const std::vector<int> answers = m_model->answers();
    for (std::size_t i = 0; i < std::min(answers.size(), kMostAnswers); ++i) {
        lines << QString::number(answers[i]);
    }
    if (answers.size() > kMostAnswers) {
        lines << tr("and %1 more").arg(answers.size() - kMostAnswers);
    }
    QString words = tr("%1 of %2: %3").arg(call->name, models::toQString(call->arch->name), call->verdict);
    words += tr(". This filter answers at line %1").arg(lines.join(QStringLiteral(", ")));
    if (call->oneOfMany) {
        words += tr(", followed as number %1").arg(call->number);
    }
    setMessage(words + QLatin1Char('.'));
    showSource(m_model->index(m_model->firstTelling(), 0));
}

} // namespace bulkhead::pages
