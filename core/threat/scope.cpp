#include "core/threat/scope.h"

#include <algorithm>

namespace bulkhead::threat {

namespace {

std::string keyed(std::string_view list, std::string_view key) {
    std::string path;
    path.reserve(list.size() + key.size() + 4);
    path.append(list).append("[\"").append(key).append("\"]");
    return path;
}

} // namespace

std::string objectPath(const Scope& scope) {
    if (scope.mount != nullptr) {
        return keyed("mounts", scope.mount->target);
    }
    if (scope.socket != nullptr) {
        return keyed("sockets", scope.socket->path);
    }
    if (scope.device != nullptr) {
        return keyed("devices", scope.device->path);
    }
    return scope.task != nullptr ? "tasks[" + std::to_string(scope.nth) + "]" : std::string();
}

void Explanation::use(
    std::string path, std::string value, model::Truth truth, const model::Evidence* evidence) {
    FactUsed fact{
        std::move(path), std::move(value), negated ? model::opposite(truth) : truth,
        evidence != nullptr ? *evidence : model::Evidence{}};
    if (std::ranges::find(facts, fact) == facts.end()) {
        facts.push_back(std::move(fact));
    }
}

void Explanation::miss(std::string path, model::Unreadable why) {
    model::Gap gap{std::move(path), std::move(why)};
    if (std::ranges::find(gaps, gap) == gaps.end()) {
        gaps.push_back(std::move(gap));
    }
}

void Explanation::neverKnown(std::string path, model::Unreadable why) {
    uncollected = true;
    miss(std::move(path), std::move(why));
}

model::Unreadable unstatedIn(const model::Snapshot& snapshot) {
    switch (snapshot.vantage) {
    case model::Vantage::declared:
        return {"a configuration does not say", "the enforced vantage: a running container"};
    case model::Vantage::enforced:
        return {"the kernel does not say", "the declared vantage: the configuration"};
    case model::Vantage::experienced:
        break;
    }
    return {"was not tried from inside", "the enforced vantage, read from the host"};
}

} // namespace bulkhead::threat
