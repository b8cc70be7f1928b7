#include "core/kernel/task_classes.h"

#include "core/base/bytes.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <map>
#include <tuple>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxThreads = 65536; // of one process; pid_max ends a machine at 4,194,304
constexpr std::size_t kMaxSample = 8;
constexpr std::size_t kMaxClasses = 64;

std::uint64_t maskOf(const std::optional<model::CapabilitySet>& set) {
    return set ? set->mask() : 0;
}

} // namespace

TaskTraits traitsOf(const TaskStatus& status, bool exec) {
    TaskTraits traits;
    traits.exec = exec;
    traits.uid = status.uid;
    traits.gid = status.gid;
    traits.groups = status.groups;
    traits.effective = maskOf(status.effective);
    traits.permitted = maskOf(status.permitted);
    traits.inheritable = maskOf(status.inheritable);
    traits.bounding = maskOf(status.bounding);
    traits.ambient = maskOf(status.ambient);
    traits.noNewPrivileges = status.noNewPrivileges.value_or(false);
    traits.seccomp = status.seccomp.value_or(0);
    traits.seccompFilters = status.seccompFilters.value_or(0);
    return traits;
}

namespace {

/// All threads of a process share these (clone(2): CLONE_THREAD with CLONE_NEWUSER or CLONE_NEWPID is EINVAL;
/// unshare(2) and setns(2) refuse both, and time namespaces, to processes of several threads).
bool sharedByThreads(NamespaceType type) {
    return type == NamespaceType::user || type == NamespaceType::pid || type == NamespaceType::time;
}

using Identities = std::array<std::optional<NamespaceIdentity>, 8>;

/// The links of one task; of a thread, what it shares with its leader is taken from there.
Identities
readNamespaces(ProcessTable& table, std::size_t index, std::int64_t thread, const Identities* leader) {
    Identities all;
    const std::int64_t pid = table.all()[index].pid;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        const auto place = static_cast<std::size_t>(type);
        if (leader != nullptr && sharedByThreads(type)) {
            all[place] = (*leader)[place];
            continue;
        }
        const auto identity =
            type == NamespaceType::pid ? table.pidNamespaceOf(index) : table.namespaceOf(pid, thread, type);
        all[place] = identity ? std::optional(*identity) : std::nullopt;
    }
    return all;
}

/// Collects the tasks of one subject.
class Classifier {
public:
    explicit Classifier(ProcessTable& table) : m_table(table) {}

    void addProcess(const Member& member) {
        const Process& process = m_table.all()[member.index];
        if (process.status.state == 'Z') { // its threads run on without it
            ++m_all.processes;
            addThreads(member, nullptr);
            return;
        }
        TaskTraits leader = traitsOf(process.status, member.exec);
        leader.namespaces = readNamespaces(m_table, member.index, process.pid, nullptr);
        leader.label = labelOf(process.pid, process.pid);
        const Identities namespaces = leader.namespaces;
        add(std::move(leader), {process.pid, process.pid});
        ++m_all.processes;
        if (process.status.threads > 1) {
            addThreads(member, &namespaces);
        }
    }

    [[nodiscard]] TaskClasses finish() && {
        for (auto& [traits, one] : m_classes) {
            one.traits = traits;
            m_all.classes.push_back(std::move(one));
        }
        return std::move(m_all);
    }

private:
    void addThreads(const Member& member, const Identities* leader) {
        const std::int64_t pid = m_table.all()[member.index].pid;
        const auto threads = m_table.threadsOf(pid, kMaxThreads);
        m_all.truncated = m_all.truncated || threads.size() >= kMaxThreads - 1;
        for (const std::int64_t thread : threads) {
            const auto status = m_table.readStatus(pid, thread);
            if (!status || status->state == 'X' || status->state == 'Z') {
                continue; // it ended meanwhile
            }
            TaskTraits traits = traitsOf(*status, member.exec);
            traits.namespaces = readNamespaces(m_table, member.index, thread, leader);
            traits.label = labelOf(pid, thread);
            add(std::move(traits), {pid, thread});
        }
    }

    void add(TaskTraits traits, TaskId task) {
        ++m_all.threads;
        ClassOfTasks& one = m_classes[std::move(traits)];
        ++one.threads;
        if (one.sample.empty() || m_lastProcess[&one] != task.process) {
            ++one.processes;
            m_lastProcess[&one] = task.process;
        }
        if (one.sample.size() < kMaxSample) {
            one.sample.push_back(task);
        }
    }

    /// One answer tells whether a module is there to answer (EINVAL without one).
    std::string labelOf(std::int64_t pid, std::int64_t thread) {
        if (!m_labels) {
            return {};
        }
        const auto text = m_table.readFile(pid, thread, "attr/current");
        m_labels = text || text.error().number != EINVAL;
        return text ? std::string(trimmed(*text)) : "";
    }

    ProcessTable& m_table;
    bool m_labels = true;
    TaskClasses m_all;
    std::map<TaskTraits, ClassOfTasks> m_classes;
    std::map<const ClassOfTasks*, std::int64_t> m_lastProcess;
};

/// More is wider, the first number that differs decides.
auto breadthOf(const TaskTraits& traits, const HostReference& host) {
    const auto isHosts = [&](NamespaceType type) {
        const auto& own = traits.namespaces[static_cast<std::size_t>(type)];
        return own && host.of(type) == *own;
    };
    int shared = 0;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        shared += isHosts(type) ? 1 : 0;
    }
    const bool overHost = isHosts(NamespaceType::user);
    const std::uint64_t later =
        traits.noNewPrivileges ? traits.permitted : traits.permitted | traits.bounding | traits.inheritable;
    const int now = std::popcount(traits.effective | traits.permitted);
    return std::tuple(
        overHost ? now : 0, overHost && traits.effective != 0, overHost ? std::popcount(later) : 0, now,
        traits.uid.effective == 0 || traits.uid.fs == 0, shared, traits.seccomp == 0, -traits.seccompFilters,
        !traits.noNewPrivileges, std::popcount(later), traits.groups.size(), !traits.exec);
}

void addSetDifference(
    const std::string& name, std::uint64_t widest, std::uint64_t other, std::vector<std::string>& words) {
    if (widest != other) {
        words.push_back(
            name + ": " + std::to_string(std::popcount(other & ~widest)) + " more, " +
            std::to_string(std::popcount(widest & ~other)) + " fewer");
    }
}

std::string wordsOf(const model::Ids& ids) {
    return std::to_string(ids.real) + " " + std::to_string(ids.effective) + " " + std::to_string(ids.saved) +
           " " + std::to_string(ids.fs);
}

} // namespace

TaskClasses classifyTasks(ProcessTable& table, const Members& members, const HostReference& host) {
    Classifier classifier(table);
    // The main process first, so that it leads the sample of its class.
    for (const bool isMain : {true, false}) {
        for (const Member& member : members.processes) {
            if ((member.index == members.main) == isMain) {
                classifier.addProcess(member);
            }
        }
    }
    TaskClasses all = std::move(classifier).finish();
    // The main process's own class first among equals, then the oldest.
    const std::int64_t main = table.all()[members.main].pid;
    const auto holdsMain = [&](const ClassOfTasks& one) { return one.sample.front().thread == main; };
    std::ranges::stable_sort(all.classes, [&](const ClassOfTasks& one, const ClassOfTasks& other) {
        const auto breadth = breadthOf(one.traits, host);
        const auto against = breadthOf(other.traits, host);
        if (breadth != against) {
            return breadth > against;
        }
        return holdsMain(one) != holdsMain(other) ? holdsMain(one) : one.sample < other.sample;
    });
    return all;
}

bool isWider(const TaskTraits& one, const TaskTraits& other, const HostReference& host) {
    return breadthOf(one, host) > breadthOf(other, host);
}

std::vector<std::string> differencesOf(const TaskTraits& widest, const TaskTraits& other) {
    std::vector<std::string> words;
    addSetDifference("capabilities.effective", widest.effective, other.effective, words);
    addSetDifference("capabilities.permitted", widest.permitted, other.permitted, words);
    addSetDifference("capabilities.inheritable", widest.inheritable, other.inheritable, words);
    addSetDifference("capabilities.bounding", widest.bounding, other.bounding, words);
    addSetDifference("capabilities.ambient", widest.ambient, other.ambient, words);
    if (widest.uid != other.uid) {
        words.push_back("identity.uid: " + wordsOf(other.uid) + " on the host");
    }
    if (widest.gid != other.gid) {
        words.push_back("identity.gid: " + wordsOf(other.gid) + " on the host");
    }
    if (widest.groups != other.groups) {
        words.push_back("identity.groups: " + std::to_string(other.groups.size()));
    }
    if (widest.noNewPrivileges != other.noNewPrivileges) {
        words.push_back(
            std::string("identity.noNewPrivileges: ") + (other.noNewPrivileges ? "true" : "false"));
    }
    if (widest.seccomp != other.seccomp || widest.seccompFilters != other.seccompFilters) {
        words.push_back(
            "seccomp: mode " + std::to_string(other.seccomp) + ", " + std::to_string(other.seccompFilters) +
            " filters");
    }
    if (widest.label != other.label) {
        words.push_back("lsm: " + base::textFromBytes(other.label));
    }
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        const auto place = static_cast<std::size_t>(type);
        if (widest.namespaces[place] != other.namespaces[place]) {
            const auto& own = other.namespaces[place];
            words.push_back(
                "namespaces." + std::string(name) + ": " +
                (own ? std::to_string(own->inode) : "not readable"));
        }
    }
    return words;
}

std::vector<model::TaskClass> listClasses(const TaskClasses& classes) {
    std::vector<model::TaskClass> listed;
    for (const ClassOfTasks& one : classes.classes) {
        if (listed.size() == kMaxClasses) {
            model::TaskClass& last = listed.back();
            last.count += one.processes;
            last.threads += one.threads;
            last.differs = {
                "stands for all further classes, " +
                std::to_string(classes.classes.size() - kMaxClasses + 1) + " in number"};
            continue;
        }
        model::TaskClass& entry = listed.emplace_back();
        for (const TaskId& task : one.sample) {
            entry.pids.push_back(task.thread);
        }
        entry.count = one.processes;
        entry.threads = one.threads;
        entry.session = one.traits.exec ? "exec" : "main";
        entry.differs = differencesOf(classes.classes.front().traits, one.traits);
    }
    return listed;
}

} // namespace bulkhead::kernel
