#include "ui/jobs/job_runner.h"

#include <QMetaObject>
#include <algorithm>
#include <exception>

namespace bulkhead::jobs {

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
    for (Worker& worker : m_workers) {
        worker.thread.request_stop();
    }
    // The jthreads join as they are destroyed; what they still post to this object is then dropped by Qt.
    m_workers.clear();
}

void JobRunner::launch(Body body, Deliver deliver) {
    for (Worker& worker : m_workers) {
        worker.thread.request_stop();
    }
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    Q_EMIT started();
    const ReportProgress report = [this, generation](const Progress& progress) {
        QMetaObject::invokeMethod(
            this,
            [this, generation, progress] {
                if (generation == m_generation) {
                    Q_EMIT progressed(progress.done, progress.total, QString::fromStdString(progress.line));
                }
            },
            Qt::QueuedConnection);
    };
    m_workers.push_back(
        {generation, std::jthread([=, this](const std::stop_token& stop) {
             std::optional<base::Error> failure;
             try {
                 body(report, stop);
             } catch (const std::exception& thrown) {
                 failure = base::Error{base::ErrorKind::io, thrown.what()};
             }
             if (stop.stop_requested()) {
                 failure = base::Error{base::ErrorKind::canceled, "canceled"};
             }
             QMetaObject::invokeMethod(
                 this, [this, generation, deliver, failure] { finish(generation, deliver, failure); },
                 Qt::QueuedConnection);
         })});
}

void JobRunner::finish(std::uint64_t generation, const Deliver& deliver, std::optional<base::Error> failure) {
    std::erase_if(m_workers, [generation](const Worker& worker) { return worker.generation == generation; });
    if (generation != m_generation) {
        return;
    }
    m_running = false;
    Q_EMIT ended();
    deliver(failure);
}

void JobRunner::cancel() {
    if (!m_workers.empty()) {
        m_workers.back().thread.request_stop();
    }
}

} // namespace bulkhead::jobs
