#include "ui/pages/log_page.h"

#include "ui/paint/fonts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>

namespace bulkhead::pages {

namespace {

constexpr int kMostLines = 5000;

} // namespace

LogPage::LogPage(QWidget* parent)
    : QWidget(parent), m_state(new QLabel(tr("The lab has not run yet."))), m_bar(new QProgressBar),
      m_cancel(new QPushButton(tr("Cancel"))), m_recordings(new QPushButton(tr("Open the recordings"))),
      m_log(new QPlainTextEdit) {
    m_state->setWordWrap(true);
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_bar->setMaximumWidth(220);
    m_bar->setAccessibleName(tr("Progress of the lab"));
    m_bar->hide();
    m_cancel->setToolTip(tr("Stops the run and removes everything it launched"));
    m_cancel->hide();
    m_recordings->setToolTip(tr("Shows the same scenarios as they were recorded on another machine"));
    m_recordings->hide();
    m_log->setReadOnly(true);
    m_log->setMaximumBlockCount(kMostLines);
    m_log->setFont(paint::monoFont());
    m_log->setAccessibleName(tr("Log of the lab"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(10, 6, 10, 6);
    bar->addWidget(m_state, 1);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_cancel),
          static_cast<QWidget*>(m_recordings)}) {
        bar->addWidget(widget);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_log, 1);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_state->setText(tr("Stopping, and removing what was launched..."));
        Q_EMIT cancelRequested();
    });
    connect(m_recordings, &QPushButton::clicked, this, &LogPage::recordingsRequested);
}

void LogPage::begin(const QString& title) {
    m_log->clear();
    m_state->setText(title);
    m_bar->setRange(0, 0);
    m_bar->show();
    m_cancel->setEnabled(true);
    m_cancel->show();
    m_recordings->hide();
}

void LogPage::report(int done, int total, const QString& line) {
    m_bar->setRange(0, total);
    m_bar->setValue(done);
    if (!line.isEmpty()) {
        m_log->appendPlainText(line);
    }
}

void LogPage::end(const QString& state) {
    m_bar->hide();
    m_cancel->hide();
    m_state->setText(state);
    m_log->appendPlainText(state);
}

void LogPage::succeed(const QString& summary) {
    end(summary);
}

void LogPage::fail(const QString& error, bool offerRecordings) {
    end(error);
    m_recordings->setVisible(offerRecordings);
}

} // namespace bulkhead::pages
