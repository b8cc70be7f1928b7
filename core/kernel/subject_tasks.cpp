#include "core/kernel/subject_tasks.h"

#include "core/kernel/task_classes.h"

namespace bulkhead::kernel {

namespace {

constexpr int kAttempts = 3;

model::Membership
membershipOf(const Members& members, const TaskClasses& tasks, const ProcessTable& table, TaskId chosen) {
    const std::string source = "/proc/*/status and ns/pid, /proc/*/cgroup";
    model::Membership facts;
    facts.rule = {std::string(wordsOf(members.rule)), inferred(source)};
    facts.processes = {tasks.processes, observed("/proc/*/status")};
    facts.threads = {tasks.threads, observed("/proc/*/task")};
    facts.describedBy = {
        chosen.thread, inferred(
                           "the widest of " + std::to_string(tasks.classes.size()) +
                           " classes; the main process is " + std::to_string(table.all()[members.main].pid))};
    if (members.missing) {
        facts.complete = *members.missing;
    } else if (tasks.truncated) {
        facts.complete = model::Unreadable{"a process has more threads than are read (65536)", ""};
    } else {
        facts.complete = {true, inferred(source)};
    }
    return facts;
}

/// The leader has exited and its threads run on: nothing of it can be read, much of them.
bool threadsRunOn(const Task& main) {
    const auto status = parsed(main.read("status"), parseStatus);
    return status && status->state == 'Z' && status->threads > 1;
}

/// The task is still what the class says of it.
bool isStill(const Task& task, const TaskTraits& traits) {
    const auto status = parsed(task.read("status"), parseStatus);
    if (!status) {
        return false;
    }
    TaskTraits now = traitsOf(*status, traits.exec);
    now.namespaces = traits.namespaces;
    now.label = traits.label;
    return now == traits;
}

/// Pins the first task of the widest class, or says nothing where it is gone or another by now.
std::optional<SubjectTasks>
pinWidest(const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable& table) {
    const auto members = findMembers(table, host, pid);
    const TaskClasses tasks = members ? classifyTasks(table, *members, host) : TaskClasses{};
    if (tasks.classes.empty()) {
        return std::nullopt;
    }
    const ClassOfTasks& widest = tasks.classes.front();
    const TaskId chosen = widest.sample.front();
    auto process = Task::open(root, chosen.process);
    if (!process) {
        return std::nullopt;
    }
    std::optional<Task> thread;
    if (chosen.thread != chosen.process) {
        auto opened = process->openThread(chosen.thread);
        if (!opened) {
            return std::nullopt;
        }
        thread = std::move(*opened);
    }
    const Task& task = thread ? *thread : *process;
    auto before = takeFingerprint(task, chosen.thread, Takes::threads);
    if (!before || !isStill(task, widest.traits)) {
        return std::nullopt;
    }
    return SubjectTasks{
        std::move(*process),
        std::move(thread),
        chosen.thread,
        std::move(*before),
        membershipOf(*members, tasks, table, chosen),
        {listClasses(tasks), observed("/proc/*/task/*/status and ns")},
        true};
}

} // namespace

base::Result<SubjectTasks>
pinSubject(const os::ProcRoot& root, std::int64_t pid, const HostReference& host, ProcessTable* table) {
    auto main = Task::open(root, pid);
    if (!main) {
        return std::unexpected(main.error());
    }
    auto before = takeFingerprint(*main, pid);
    if (!before && !threadsRunOn(*main)) {
        return std::unexpected(before.error());
    }
    model::Unreadable why{"tasks of the subject ended while they were read, three times over", ""};
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (attempt == 0 && table != nullptr) {
            if (auto pinned = pinWidest(root, pid, host, *table)) {
                return std::move(*pinned);
            }
            continue;
        }
        auto own = ProcessTable::read(root);
        if (!own) {
            why = {own.error().message, ""};
            break;
        }
        if (auto pinned = pinWidest(root, pid, host, *own)) {
            return std::move(*pinned);
        }
    }
    // The main process alone, if it is there still.
    before = takeFingerprint(*main, pid);
    if (!before) {
        return std::unexpected(before.error().in("exited while it was read"));
    }
    SubjectTasks alone{std::move(*main), std::nullopt, pid, std::move(*before), {}, why, false};
    alone.members.describedBy = {pid, inferred("the main process: " + why.reason)};
    alone.members.complete = why;
    return alone;
}

} // namespace bulkhead::kernel
