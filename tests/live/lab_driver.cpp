// Runs the lab without the command line: launches the scenarios of SCENARIOS, prints one line for each living
// container ("NAME PID ID"), holds them for a while, and lets the lab remove them. For the live tests.
//   lab_driver run SCENARIOS PROFILES PROBE STATEROOT HOLD_MS ENGINE [NAME...]
//   lab_driver clean STATEROOT

#include "core/lab/clean.h"
#include "core/lab/run.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <span>
#include <stop_token>
#include <thread>

namespace {

namespace lab = bulkhead::lab;
namespace catalog = bulkhead::catalog;

int complain(const bulkhead::base::Error& error) {
    std::cerr << error.message << "\n";
    return error.kind == bulkhead::base::ErrorKind::canceled ? 130 : 3;
}

/// SIGINT and SIGTERM become a stop request, on a thread of their own.
void stopOnSignal(std::stop_source stop) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, stop]() mutable {
        int number = 0;
        sigwait(&signals, &number);
        stop.request_stop();
    }).detach();
}

int clean(const std::string& stateRoot) {
    const auto report = lab::cleanLab(stateRoot);
    if (!report) {
        return complain(report.error());
    }
    for (const auto* lines : {&report->removed, &report->living, &report->left}) {
        for (const std::string& line : *lines) {
            std::cout << line << "\n";
        }
    }
    return report->left.empty() ? 0 : 1;
}

int run(std::span<char*> arguments) {
    auto scenarios = catalog::readScenarios(arguments[0], arguments[1]);
    if (!scenarios) {
        return complain(scenarios.error());
    }
    const std::vector<std::string> names(arguments.begin() + 6, arguments.end());
    std::erase_if(*scenarios, [&](const catalog::Scenario& s) {
        return !names.empty() && std::ranges::find(names, s.name) == names.end();
    });
    lab::LabOptions options;
    options.scenarios = *scenarios;
    options.profiles = arguments[1];
    options.probe = arguments[2];
    options.stateRoot = arguments[3];
    options.engine = *bulkhead::engines::engineChoiceNamed(arguments[5]);
    const std::chrono::milliseconds hold(std::stoi(arguments[4]));
    std::stop_source stop;
    stopOnSignal(stop);
    std::size_t seen = 0;
    lab::Observer observer;
    observer.log = [](const std::string& line) { std::cerr << line << "\n"; };
    const auto report = lab::runLab(options, observer, stop.get_token(), [&](const lab::Launched& launched) {
        std::cout << launched.scenario.name << " " << *launched.subject.pid << " " << launched.subject.id
                  << std::endl;
        const auto until = std::chrono::steady_clock::now() + hold;
        ++seen;
        while (seen == options.scenarios.size() && std::chrono::steady_clock::now() < until &&
               !stop.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return bulkhead::base::Status{};
    });
    return report ? 0 : complain(report.error());
}

} // namespace

int main(int count, char** arguments) {
    const std::span all(arguments, static_cast<std::size_t>(count));
    if (count == 3 && std::string_view(all[1]) == "clean") {
        return clean(all[2]);
    }
    if (count >= 8 && std::string_view(all[1]) == "run") {
        return run(all.subspan(2));
    }
    std::cerr << "usage: lab_driver run SCENARIOS PROFILES PROBE STATEROOT HOLD_MS ENGINE [NAME...]\n"
                 "       lab_driver clean STATEROOT\n";
    return 2;
}
