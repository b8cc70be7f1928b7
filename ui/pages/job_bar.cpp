#include "ui/pages/job_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace bulkhead::pages {

JobBar::JobBar(QWidget* parent)
    : QWidget(parent), m_words(new QLabel), m_bar(new QProgressBar), m_cancel(new QPushButton(tr("Cancel"))) {
    m_words->setTextFormat(Qt::PlainText);
    m_bar->setMaximumWidth(140);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_words);
    row->addWidget(m_bar);
    row->addWidget(m_cancel);
    hide();
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_words->setText(tr("Stopping..."));
        Q_EMIT cancelRequested();
    });
}

void JobBar::begin(const QString& what) {
    m_words->setText(what);
    m_bar->setRange(0, 0);
    m_cancel->setEnabled(true);
    show();
}

void JobBar::report(int done, int total, const QString& line) {
    m_bar->setRange(0, total);
    m_bar->setValue(done);
    if (m_cancel->isEnabled()) {
        m_words->setText(line);
    }
}

void JobBar::end() {
    hide();
}

} // namespace bulkhead::pages
