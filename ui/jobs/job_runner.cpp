#include "ui/jobs/job_runner.h"

#include <algorithm>
#include <exception>

namespace bulkhead::jobs {

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    // Queued, since both are emitted on the working thread.
    connect(
        this, &JobRunner::reported, this,
        [this](std::uint64_t generation, int done, int total, const QString& line) {
            if (generation == m_generation) {
                Q_EMIT progressed(done, total, line);
            }
        },
        Qt::QueuedConnection);
    connect(this, &JobRunner::workDone, this, &JobRunner::finish, Qt::QueuedConnection);
}

JobRunner::~JobRunner() {
    for (Worker& worker : m_workers) {
        worker.thread.request_stop();
    }
    // The jthreads join as they are destroyed; what they still post to this object is then dropped by Qt.
    m_workers.clear();
}

void JobRunner::launch(const Body& body, const Deliver& deliver) {
    for (Worker& worker : m_workers) {
        worker.thread.request_stop();
    }
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    Q_EMIT started();
    const ReportProgress report = [this, generation](const Progress& progress) {
        Q_EMIT reported(generation, progress.done, progress.total, QString::fromStdString(progress.line));
    };
    auto failure = std::make_shared<std::optional<base::Error>>();
    auto work = [this, body, report, failure, generation](const std::stop_token& stop) {
        try {
            body(report, stop);
        } catch (const std::exception& thrown) {
            *failure = base::Error{base::ErrorKind::io, thrown.what()};
        }
        if (stop.stop_requested()) {
            *failure = base::Error{base::ErrorKind::canceled, "canceled"};
        }
        Q_EMIT workDone(generation);
    };
    m_workers.push_back({generation, deliver, failure, std::jthread(std::move(work))});
}

void JobRunner::finish(std::uint64_t generation) {
    const auto done = std::ranges::find(m_workers, generation, &Worker::generation);
    if (done == m_workers.end()) {
        return;
    }
    Worker worker = std::move(*done);
    m_workers.erase(done);
    worker.thread.join(); // it has nothing left to do but return
    if (generation == m_generation) {
        m_running = false;
        Q_EMIT ended();
        worker.deliver(*worker.failure);
    }
}

void JobRunner::cancel() {
    if (!m_workers.empty()) {
        m_workers.back().thread.request_stop();
    }
}

void JobRunner::abandon() {
    if (m_running) {
        cancel();
        ++m_generation; // what comes is of an earlier one now
        m_running = false;
        Q_EMIT ended();
    }
}

} // namespace bulkhead::jobs
