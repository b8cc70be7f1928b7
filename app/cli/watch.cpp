#include "app/cli/arguments.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "core/engines/event_follower.h"
#include "core/os/clock.h"
#include "core/os/output_file.h"
#include "core/watch/bell.h"
#include "core/watch/lines.h"
#include "core/watch/pace.h"
#include "core/watch/watcher.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bulkhead::cli {

namespace {

using watch::Event;
using watch::Figures;

/// How the lines are wanted.
struct Output {
    bool json = false;
    bool strict = false;
    bool terminal = false; ///< wrapped for it; else one line for each event
    std::string metrics;   ///< a file; empty: none
};

double cpuSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto secondsOf = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
}

base::Status writeFigures(const Output& output, const Figures& figures) {
    if (output.metrics.empty()) {
        return {};
    }
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    return os::writeOutputFile(output.metrics, watch::writeMetrics(figures, cpuSeconds(), now.count()));
}

bool printEvents(const Output& output, const std::vector<Event>& events) {
    const std::string now = os::nowUtc();
    return std::ranges::all_of(events, [&](const Event& event) {
        return print(
            output.json       ? watch::writeJsonLine(event, now)
            : output.terminal ? watch::writeTextLines(event, now, terminalColumns())
                              : watch::writeTextLine(event, now));
    });
}

/// Whoever reads our lines is there; a closed pipe would else be noticed with the next line only.
bool hasReader() {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, 0) < 0 || (out.revents & POLLERR) == 0;
}

std::string counted(std::size_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

/// The gate of `--once`: a departure in any direction; what is not known is said, and objects with --strict.
Exit gateOf(const Output& output, const Figures& figures) {
    std::size_t known = 0;
    std::size_t unknown = 0;
    for (const auto& [direction, count] : figures.departures) {
        (direction == compare::Direction::unknown ? unknown : known) += count;
    }
    say(counted(figures.subjects, "subject") + " watched, " + counted(known, "departure"));
    if (figures.unbounded > 0) {
        say(counted(figures.unbounded, "subject") +
            " without a declared boundary: nothing is held against them; --against names one");
    }
    if (unknown + figures.gaps > 0) {
        say("gate is partial: " + std::to_string(unknown + figures.gaps) + " unknown");
    }
    return known > 0 || (output.strict && unknown + figures.gaps > 0) ? Exit::gate : Exit::done;
}

/// Says what is wrong once while it is.
class Complaints {
public:
    void hear(const base::Status& status) {
        const std::string now = status ? std::string() : status.error().message;
        if (!now.empty() && now != m_last) {
            say("bulkhead: " + now);
        }
        m_last = now;
    }

private:
    std::string m_last;
};

/// Where lines and figures go, look by look, for as long as somebody reads them.
class Follower {
public:
    Follower(watch::Watcher& watcher, const Output& output) : m_watcher(watcher), m_output(output) {}

    /// One look; an exit code where it was the last.
    std::optional<Exit> look() {
        if (!hasReader()) {
            return Exit::machine;
        }
        const auto events = m_watcher.look();
        if (!events) {
            if (events.error().kind == base::ErrorKind::canceled) {
                return Exit::canceled;
            }
            m_ofLooks.hear(std::unexpected(events.error()));
            return std::nullopt;
        }
        m_ofLooks.hear({});
        if (!printEvents(m_output, *events)) {
            return Exit::machine;
        }
        m_ofMetrics.hear(writeFigures(m_output, m_watcher.figures()));
        return std::nullopt;
    }

private:
    watch::Watcher& m_watcher;
    const Output& m_output;
    Complaints m_ofMetrics;
    Complaints m_ofLooks;
};

/// Engines that tell of something are looked at sooner; the interval holds whatever they do.
Exit follow(
    watch::Watcher& watcher, const Output& output, std::chrono::milliseconds interval,
    const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    watch::Bell bell;
    const engines::EventFollower events(engines::endpointsHere, [&bell] { bell.ring(); });
    watch::Pace pace(interval, Clock::now());
    Follower follower(watcher, output);
    for (;;) {
        const bool rang = bell.wait(pace.next(), stop);
        if (stop.stop_requested()) {
            return Exit::canceled;
        }
        if (rang) {
            pace.rang(Clock::now());
            continue;
        }
        const auto begin = Clock::now();
        const double spent = cpuSeconds();
        if (const auto exit = follower.look()) {
            return *exit;
        }
        const std::chrono::duration<double> cost(cpuSeconds() - spent);
        pace.looked(
            begin, Clock::now(), std::chrono::duration_cast<Clock::duration>(cost), watcher.unsettled());
    }
}

/// Nothing where it is no number of seconds from a tenth to a day.
std::optional<std::chrono::milliseconds> intervalOf(const std::string& text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !(seconds >= 0.1 && seconds <= 86400)) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Exit run(watch::WatchRequest request, const Output& output, bool once) {
    const Interrupt interrupt;
    request.stop = interrupt.token();
    const std::chrono::milliseconds interval = request.interval;
    auto watcher = watch::Watcher::open(std::move(request));
    if (!watcher) {
        return report(watcher.error());
    }
    const auto first = watcher->look();
    if (!first) {
        return report(first.error());
    }
    if (!printEvents(output, *first)) {
        return Exit::machine;
    }
    const Figures figures = watcher->figures();
    if (const auto written = writeFigures(output, figures); !written) {
        return report(written.error());
    }
    if (once) {
        return gateOf(output, figures);
    }
    say("watching " + counted(figures.subjects, "subject") + ", " +
        std::to_string(figures.subjects - std::min(figures.subjects, figures.unbounded)) +
        " against what was declared or named; Ctrl-C ends it");
    return follow(*watcher, output, interval, interrupt.token());
}

} // namespace

Exit runWatch(const Verb& verb, std::span<const std::string> arguments) {
    watch::WatchRequest request;
    std::vector<std::string> folders;
    std::string interval = "5";
    std::string format = "table";
    Output output;
    bool once = false;
    Arguments options(verb);
    options.positional("REF", request.references, "the subjects to watch; without any every container");
    options.option(
        "--against", request.against,
        "a snapshot, a configuration or a specification; without it each subject's declaration, and the "
        "state in which it was first seen");
    options.option("--interval", interval, "seconds between two looks");
    options.flag("--once", once, "look once: exit 1 where something departs, 0 where nothing does");
    options.flag("--strict", output.strict, "with --once, exit 1 where something is not known, too");
    options.flag("--all", request.everything, "services and sandboxes too, not containers alone");
    options.option("--format", format, "form of the lines", {"table", "jsonl"});
    options.option(
        "--metrics", output.metrics, "a file that is replaced after each look: figures for Prometheus");
    options.list("--state", folders, "a further state folder of a runtime, as in runc --root");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto period = intervalOf(interval);
    if (!period) {
        say("bulkhead: --interval takes seconds from 0.1 to 86400; see bulkhead watch --help");
        return Exit::usage;
    }
    request.interval = *period;
    request.stateFolders.assign(folders.begin(), folders.end());
    output.json = format == "jsonl";
    output.terminal = writesToTerminal();
    return run(std::move(request), output, once);
}

} // namespace bulkhead::cli
