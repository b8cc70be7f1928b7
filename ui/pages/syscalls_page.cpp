#include "ui/pages/syscalls_page.h"

#include "ui/models/cell_text.h"
#include "ui/models/syscall_model.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <algorithm>

namespace bulkhead::pages {

SyscallsPage::SyscallsPage(models::Workspace& workspace, QWidget* parent)
    : SyscallsPage(workspace, new models::SyscallModel, parent) {}

SyscallsPage::SyscallsPage(models::Workspace& workspace, models::SyscallModel* model, QWidget* parent)
    : TablePage(*model, Kind::table, tr("System calls"), parent), m_workspace(workspace), m_model(model),
      m_abi(new QComboBox) {
    m_model->setParent(this);
    m_abi->setAccessibleName(tr("ABI"));
    m_abi->setToolTip(tr("The way of calling the kernel: each has its own numbers, and its own gaps"));
    addControl(tr("A&BI"), m_abi);
    addDifferences();
    auto* instructions = new QAction(tr("Show the instructions that decide"), this);
    instructions->setShortcuts({QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter)});
    instructions->setShortcutContext(Qt::WidgetShortcut);
    view()->addAction(instructions);
    connect(instructions, &QAction::triggered, this, &SyscallsPage::instructionsRequested);
    connect(view(), &QAbstractItemView::doubleClicked, this, &SyscallsPage::instructionsRequested);
    connect(m_abi, &QComboBox::currentIndexChanged, this, &SyscallsPage::showRows);
}

void SyscallsPage::showSubjects() {
    fillAbis();
    showRows();
}

void SyscallsPage::fillAbis() {
    const QSignalBlocker quiet(m_abi);
    const QVariant chosen = m_abi->currentData();
    m_abi->clear();
    for (const std::string& abi : models::syscallAbis(m_workspace.shown(), m_workspace.vantage())) {
        m_abi->addItem(models::toQString(abi), models::toQString(abi));
    }
    if (m_abi->count() > 1) {
        m_abi->addItem(tr("all"), QString());
    }
    m_abi->setEnabled(m_abi->count() > 1);
    m_abi->setCurrentIndex(std::max(0, m_abi->findData(chosen)));
}

void SyscallsPage::showRows() {
    models::SyscallRequest request;
    request.vantage = m_workspace.vantage();
    const auto& columns = m_workspace.state().columns;
    const auto baseline = std::ranges::find(columns, m_workspace.state().baseline);
    request.baseline = baseline == columns.end() ? 0 : static_cast<std::size_t>(baseline - columns.begin());
    const QString abi = m_abi->currentData().toString();
    if (!abi.isEmpty()) {
        request.abi = abi.toStdString();
    }
    m_model->show(m_workspace.shown(), request);
    setMessage(m_model->notes().join(QLatin1Char('\n')));
}

int SyscallsPage::currentSubject() const {
    const int column = currentSource().column() - models::SyscallModel::kFirstSubject;
    const auto& columns = m_workspace.state().columns;
    return column >= 0 && column < static_cast<int>(columns.size())
               ? columns[static_cast<std::size_t>(column)]
               : -1;
}

std::pair<std::string, std::string> SyscallsPage::currentCall() const {
    return m_model->callAt(currentSource());
}

} // namespace bulkhead::pages
