#include "core/kernel/sweep_shared.h"

#include "core/kernel/namespace_files.h"
#include "core/kernel/sweep_parse.h"
#include "core/kernel/text.h"

namespace bulkhead::kernel {

namespace {

constexpr std::size_t kMaxMountinfo = 16UL * 1024 * 1024; // what is beyond is not counted, and said so

/// The place of a key, or nothing; and a place for it where another thread was not faster.
template <class Key, class Value>
std::size_t keep(
    std::mutex& mutex, std::map<Key, std::size_t, std::less<>>& places, std::vector<Value>& values, Key key,
    Value value) {
    const std::scoped_lock lock(mutex);
    const auto [place, fresh] = places.try_emplace(std::move(key), values.size());
    if (fresh) {
        values.push_back(std::move(value));
    }
    return place->second;
}

template <class Places, class Key>
std::optional<std::size_t> placeOf(std::mutex& mutex, const Places& places, const Key& key) {
    const std::scoped_lock lock(mutex);
    const auto found = places.find(key);
    return found == places.end() ? std::nullopt : std::optional(found->second);
}

std::string idMapOf(FileBuffer& buffer, int directory) {
    const auto text = buffer.readOnce(directory, "uid_map");
    return text ? std::string(*text) : std::string();
}

} // namespace

SharedObjects::SharedObjects(const os::ProcRoot& root) {
    const auto self = Task::openSelf(root);
    if (!self) {
        return;
    }
    FileBuffer buffer;
    if (const auto text = buffer.readAll(self->descriptor(), "mountinfo", kMaxMountinfo)) {
        m_ours = parseSweptMounts(*text, nullptr);
        m_ourFirstMount = text->substr(0, text->find(' '));
        // only options of a procfs mount are at stake, so a word of the text serves
        m_hidden = text->contains("hidepid=") && !text->contains("hidepid=off");
    }
}

std::size_t SharedObjects::cgroupOf(std::string_view text) {
    if (const auto found = placeOf(m_mutex, m_cgroupByText, text)) {
        return *found;
    }
    return keep(m_mutex, m_cgroupByText, m_cgroups, std::string(text), parseSweptCgroup(text));
}

std::size_t SharedObjects::mountsOf(FileBuffer& buffer, int directory, const MountsWanted& wanted) {
    std::string root = wanted.space == 0 ? std::string(firstMountId(buffer, directory)) : wanted.root;
    std::pair key(wanted.space, std::move(root));
    std::size_t place = 0;
    {
        const std::scoped_lock lock(m_mutex);
        place = m_mountsByKey.try_emplace(key, m_mounts.size()).first->second;
        if (place == m_mounts.size()) {
            m_mounts.emplace_back();
        }
        if (!wanted.table || m_mounts[place].read) {
            return place;
        }
    }
    const auto text = buffer.readAll(directory, "mountinfo", kMaxMountinfo);
    SweptMounts mounts;
    if (text) {
        mounts = parseSweptMounts(*text, &m_ours);
    }
    mounts.read = true;
    mounts.partial = !text;
    mounts.mountNamespace = wanted.space;
    mounts.root = wanted.space == 0 ? std::string() : std::move(key.second);
    const std::scoped_lock lock(m_mutex);
    if (!m_mounts[place].read) { // else another thread was faster
        m_mounts[place] = std::move(mounts);
    }
    return place;
}

std::size_t SharedObjects::userOf(FileBuffer& buffer, const Task& task, std::uint64_t space) {
    std::pair key(space, space == 0 ? idMapOf(buffer, task.descriptor()) : std::string());
    if (const auto found = placeOf(m_mutex, m_userByKey, key)) {
        return *found;
    }
    SweptUserNamespace user;
    user.inode = space;
    user.uidMap = space == 0 ? key.second : idMapOf(buffer, task.descriptor());
    user.initialMap = isInitialMap(user.uidMap);
    if (space != 0) {
        if (const auto file = readNamespaceFile(task, "user"); file && file->ownerUid) {
            user.ownerUid = *file->ownerUid;
        }
    }
    return keep(m_mutex, m_userByKey, m_users, std::move(key), std::move(user));
}

void SharedObjects::addPidSpace(const Task& task, std::uint64_t space) {
    if (space == 0 || placeOf(m_mutex, m_pidParents, space)) {
        return;
    }
    const auto file = readNamespaceFile(task, "pid");
    const std::uint64_t parent = file && file->parent ? file->parent->inode : 0;
    const std::scoped_lock lock(m_mutex);
    m_pidParents.try_emplace(space, parent);
}

bool SharedObjects::namesContainer(std::size_t cgroup) const {
    const std::scoped_lock lock(m_mutex);
    return !m_cgroups[cgroup].origins.empty();
}

void SharedObjects::moveInto(Sweep& sweep) && {
    sweep.cgroups = std::move(m_cgroups);
    sweep.mounts = std::move(m_mounts);
    sweep.users = std::move(m_users);
    sweep.pidParents = std::move(m_pidParents);
    sweep.hidden = m_hidden;
}

std::string_view firstMountId(FileBuffer& buffer, int directory) {
    const auto text = buffer.readOnce(directory, "mountinfo");
    return text ? text->substr(0, text->find(' ')) : std::string_view();
}

bool isInitialMap(std::string_view map) {
    const auto words = wordsOf(map);
    return words.size() == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295";
}

} // namespace bulkhead::kernel
