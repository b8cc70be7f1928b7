#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QString>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace bulkhead::jobs {

/// How far a piece of work is. `total` 0: not known.
struct Progress {
    int done = 0;
    int total = 0;
    std::string line; ///< what is being done now, for the log
};

/// Called from the working thread, as often as it likes.
using ReportProgress = std::function<void(const Progress&)>;

/// Work that runs off the GUI thread. It must return soon after the token asks it to stop, with whatever it
/// started gone again.
template <class T>
using Work = std::function<base::Result<T>(const ReportProgress& report, std::stop_token stop)>;

/// Runs one piece of work at a time off the GUI thread. Starting another stops the one before, whose result
/// is then dropped; a cancelled one ends with ErrorKind::canceled. Destroying the runner stops the work and
/// waits for it.
class JobRunner : public QObject {
    Q_OBJECT

public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    /// `done` is called on the thread of this object.
    template <class T>
    void start(Work<T> work, std::function<void(base::Result<T>)> done) {
        auto result = std::make_shared<std::optional<base::Result<T>>>();
        launch(
            [work = std::move(work), result](const ReportProgress& report, const std::stop_token& stop) {
                *result = work(report, stop);
            },
            [done = std::move(done), result](const std::optional<base::Error>& failure) {
                done(failure ? base::Result<T>(std::unexpected(*failure)) : std::move(**result));
            });
    }

    /// Asks the running work to stop; its end is reported as usual.
    void cancel();
    /// Asks the running work to stop and does not wait for it: what it still brings is dropped. For work that
    /// is bounded but looks at no token.
    void abandon();
    [[nodiscard]] bool running() const { return m_running; }

Q_SIGNALS:
    void started();
    void progressed(int done, int total, const QString& line);
    void ended();
    /// From the working thread to this object's; not for others.
    void reported(std::uint64_t generation, int done, int total, const QString& line);
    void workDone(std::uint64_t generation);

private:
    using Body = std::function<void(const ReportProgress&, const std::stop_token&)>;
    using Deliver = std::function<void(const std::optional<base::Error>&)>;

    /// A thread, the start it belongs to, and what to do at its end.
    struct Worker {
        std::uint64_t generation = 0;
        Deliver deliver;
        std::shared_ptr<std::optional<base::Error>> failure; ///< written by the thread before it ends
        std::jthread thread;
    };

    void launch(const Body& body, const Deliver& deliver);
    void finish(std::uint64_t generation);

    std::vector<Worker> m_workers; ///< the current one last; those before it are on their way out
    std::uint64_t m_generation = 0;
    bool m_running = false;
};

} // namespace bulkhead::jobs
