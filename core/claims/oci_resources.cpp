#include "core/base/bytes.h"
#include "core/claims/oci_parts.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace bulkhead::claims {

namespace {

using Json = nlohmann::json;

AskedDeviceRule ruleOf(Fields& entry) {
    AskedDeviceRule rule;
    rule.allow = entry.truth("allow").value_or(false);
    const std::string type = entry.text("type").value_or("a");
    if (type != "a" && type != "b" && type != "c" && !type.empty()) {
        entry.refuse(entry.node(), "type", "expected a, b or c, found " + base::textFromBytes(type));
    }
    rule.rule.type = type.empty() ? 'a' : type.front();
    const auto number = [&](std::string_view key) -> std::optional<std::uint32_t> {
        const auto value = entry.number(key);
        return value && *value >= 0 ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
    };
    rule.rule.major = number("major");
    rule.rule.minor = number("minor");
    const std::string access = entry.text("access").value_or("rwm");
    rule.rule.read = access.contains('r');
    rule.rule.write = access.contains('w');
    rule.rule.mknod = access.contains('m');
    entry.finish();
    return rule;
}

void readLimits(Fields& resources, Boundary& out) {
    const auto bound = [](std::optional<std::int64_t> value) -> std::optional<std::uint64_t> {
        return value && *value > 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
    };
    const auto add = [&](const std::string& name, std::optional<std::uint64_t> value) {
        const model::Evidence from = resources.from(name);
        const std::string where = value ? resources.reading().file + " " + from.source : "";
        out.limits[name] = {{value, where}, from};
    };
    auto pids = resources.map("pids");
    add("pids", pids ? bound(pids->number("limit")) : std::nullopt);
    auto memory = resources.map("memory");
    const auto most = memory ? bound(memory->number("limit")) : std::nullopt;
    add("memory", most);
    // the specification counts memory and swap together
    if (const auto both = memory ? bound(memory->number("swap")) : std::nullopt; both && most) {
        add("swap", *both - std::min(*both, *most));
    }
    auto cpu = resources.map("cpu");
    std::optional<std::uint64_t> thousandths;
    if (cpu) {
        constexpr std::uint64_t kUsualPeriod = 100000; // microseconds, the kernel's own
        const auto quota = bound(cpu->number("quota"));
        const auto period = bound(cpu->number("period")).value_or(kUsualPeriod);
        thousandths = quota ? std::optional(*quota * 1000 / period) : std::nullopt;
        cpu->passOverUnset({"shares", "idle", "burst", "cpus", "mems", "realtimeRuntime", "realtimePeriod"});
        cpu->finish();
    }
    add("cpu", thousandths);
    if (pids) {
        pids->finish();
    }
    if (memory) {
        memory->passOverUnset({"reservation", "swappiness", "disableOOMKiller", "kernel", "kernelTCP"});
        memory->passOver({"checkBeforeUpdate", "useHierarchy"});
        memory->finish();
    }
}

Json jsonOf(const Node& node) {
    switch (node.kind) {
    case Node::Kind::null:
        return nullptr;
    case Node::Kind::list: {
        Json list = Json::array();
        for (const Node& item : node.items) {
            list.push_back(jsonOf(item));
        }
        return list;
    }
    case Node::Kind::map: {
        Json map = Json::object();
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            map[node.keys[i].text] = jsonOf(node.items[i]);
        }
        return map;
    }
    default:
        break;
    }
    if (node.quoted) {
        return node.text;
    }
    Json value = Json::parse(node.text, nullptr, false);
    return value.is_discarded() ? Json(node.text) : value;
}

} // namespace

void readResources(Fields& linux, Boundary& out) {
    auto resources = linux.map("resources");
    const Node nothing;
    Fields none(nothing, linux.reading(), linux.pathOf("resources"));
    Fields& fields = resources ? *resources : none;
    std::vector<AskedDeviceRule> rules;
    for (Fields& entry : fields.maps("devices")) {
        rules.push_back(ruleOf(entry));
    }
    out.deviceRules = fields.stated(std::move(rules), "devices");
    readLimits(fields, out);
    std::vector<std::string> asks;
    for (const char* other : {"blockIO", "hugepageLimits", "network", "rdma", "unified"}) {
        if (fields.find(other) != nullptr) {
            asks.push_back(fields.pathOf(other));
        }
    }
    out.asks = fields.stated(std::move(asks), "");
    fields.finish();
}

std::optional<seccomp::Profile> profileIn(const Node& node, Reading& reading, const std::string& path) {
    auto profile = seccomp::parseProfile(jsonOf(node).dump(), path);
    if (!profile) {
        std::string what = profile.error().message;
        if (what.starts_with(path + ": ")) {
            what.erase(0, path.size() + 2);
        }
        reading.refuse(node, path, what);
        return std::nullopt;
    }
    return *profile;
}

} // namespace bulkhead::claims
