#include "core/base/bytes.h"
#include "core/claims/compose_parts.h"
#include "core/seccomp/profile.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace fs = std::filesystem;
using Kind = Node::Kind;

namespace {

/// How a field gives the value of an option.
enum class Shape { flag, one, list, assignments };

/// A field of a service that is an option of docker run under another name.
struct SameAsOption {
    std::string_view key;
    std::string_view option;
    Shape shape;
};

constexpr std::array kSameAsOptions = {
    SameAsOption{"privileged", "--privileged", Shape::flag},
    SameAsOption{"read_only", "--read-only", Shape::flag},
    SameAsOption{"init", "--init", Shape::flag},
    SameAsOption{"cap_add", "--cap-add", Shape::list},
    SameAsOption{"cap_drop", "--cap-drop", Shape::list},
    SameAsOption{"user", "--user", Shape::one},
    SameAsOption{"group_add", "--group-add", Shape::list},
    SameAsOption{"device_cgroup_rules", "--device-cgroup-rule", Shape::list},
    SameAsOption{"pids_limit", "--pids-limit", Shape::one},
    SameAsOption{"mem_limit", "--memory", Shape::one},
    SameAsOption{"cpus", "--cpus", Shape::one},
    SameAsOption{"sysctls", "--sysctl", Shape::assignments},
    SameAsOption{"oom_score_adj", "--oom-score-adj", Shape::one},
};

/// A field that names a namespace, and the words it may be.
struct Mode {
    std::string_view key;
    std::string_view option;
    std::string_view words; ///< between commas; empty: the name of a network, any
};

constexpr std::array kModes = {
    Mode{"pid", "--pid", ",host,private,"},
    Mode{"ipc", "--ipc", ",host,private,shareable,none,"},
    Mode{"uts", "--uts", ",host,private,"},
    Mode{"userns_mode", "--userns", ",host,private,auto,keep-id,nomap,"},
    Mode{"cgroup", "--cgroupns", ",host,private,"},
    Mode{"network_mode", "--network", ""},
};

/// "key: value" pairs, or a list of "key=value".
void takeAssignments(Fields& fields, const SameAsOption& same, Claim& claim) {
    const Node* all = fields.find(same.key);
    if (all == nullptr) {
        return;
    }
    if (!all->isMap()) {
        if (fields.texts(same.key)) {
            for (const Node& item : all->items) {
                takeValue(fields, same.key, item, same.option, item.text, claim);
            }
        }
        return;
    }
    for (std::size_t i = 0; i < all->keys.size(); ++i) {
        takeValue(
            fields, same.key, all->items[i], same.option, all->keys[i].text + "=" + all->items[i].text,
            claim);
    }
}

void takeSame(Fields& fields, const SameAsOption& same, Claim& claim) {
    if (same.shape == Shape::assignments) {
        takeAssignments(fields, same, claim);
    } else if (same.shape == Shape::flag) {
        if (const auto truth = fields.truth(same.key)) {
            takeValue(
                fields, same.key, *fields.find(same.key), same.option, *truth ? "true" : "false", claim);
        }
    } else if (same.shape == Shape::one) {
        if (const auto text = fields.text(same.key); text && !text->empty()) {
            takeValue(fields, same.key, *fields.find(same.key), same.option, *text, claim);
        }
    } else if (fields.texts(same.key)) {
        for (const Node& item : fields.find(same.key)->items) {
            takeValue(fields, same.key, item, same.option, item.text, claim);
        }
    }
}

void takeMode(Fields& service, const Mode& mode, const ComposeScope& scope) {
    constexpr std::string_view kService = "service:";
    const auto text = service.text(mode.key);
    if (!text || text->empty()) {
        return;
    }
    const Node& at = *service.find(mode.key);
    const bool joins =
        text->starts_with("service:") || text->starts_with("container:") || text->starts_with("ns:");
    const std::string word = "," + text->substr(0, text->find(':')) + ",";
    if (!joins && !mode.words.empty() && !mode.words.contains(word)) {
        service.refuse(at, mode.key, "no such mode: " + base::textFromBytes(*text));
        return;
    }
    const std::string other = text->starts_with(kService) ? text->substr(kService.size()) : "";
    if (!other.empty() && findDefined(scope.project, "services", other) == nullptr) {
        tellUndefined(service, at, service.pathOf(mode.key), "services", other);
    }
    takeValue(service, mode.key, at, mode.option, *text, scope.claim);
}

/// A network that stands for the host's own; "default" is that of a service that names none.
void readNetworks(Fields& service, const ComposeScope& scope) {
    std::vector<Node> names;
    const Node* networks = service.find("networks");
    if (networks != nullptr) {
        names = networks->isMap() ? networks->keys : networks->items;
    } else {
        names.emplace_back().text = "default";
        names.back().line = service.node().line;
    }
    for (const Node& entry : names) {
        const Node* all = scope.project.root.find("networks");
        const bool known = all != nullptr && all->isMap() &&
                           std::ranges::find(all->keys, entry.text, &Node::text) != all->keys.end();
        if (!known && entry.text != "default") {
            tellUndefined(service, entry, service.pathOf("networks"), "networks", entry.text);
        }
        const Node* defined = findDefined(scope.project, "networks", entry.text);
        const Node* name = defined != nullptr && defined->isMap() ? defined->find("name") : nullptr;
        if (name != nullptr && name->text == "host") {
            takeValue(service, "networks", entry, "--network", "host", scope.claim);
        }
    }
}

/// The profile of a seccomp option: Compose reads the file and hands over what is in it.
std::string
seccompOf(Fields& service, const Node& item, const std::string& value, const ComposeScope& scope) {
    if (value == "unconfined" || value == "builtin" || value == "default" || value.starts_with('{')) {
        return value;
    }
    const fs::path file = scope.project.files.folder() / value;
    const auto text = readBeneath(scope.project.files.folder(), file.lexically_normal());
    if (!text) {
        service.reading().note(
            item, service.pathOf("security_opt"), "the seccomp profile, " + text.error().message);
        return value;
    }
    if (const auto profile = seccomp::parseProfile(*text, file.lexically_normal().string()); !profile) {
        service.refuse(item, "security_opt", profile.error().message);
    }
    return text->substr(std::min(text->find('{'), text->size()));
}

void readSecurityOptions(Fields& service, const ComposeScope& scope) {
    if (!service.texts("security_opt")) {
        return;
    }
    for (const Node& item : service.find("security_opt")->items) {
        std::string option = item.text;
        if (option.starts_with("seccomp=") || option.starts_with("seccomp:")) {
            option = "seccomp=" + seccompOf(service, item, option.substr(8), scope);
        }
        const model::Evidence from = service.reading().from(item, service.pathOf("security_opt"));
        if (!takeSecurityOption(option, from, scope.claim)) {
            service.reading().note(item, service.pathOf("security_opt"), base::textFromBytes(option));
        }
    }
}

void readUlimits(Fields& service, Claim& claim) {
    auto limits = service.map("ulimits");
    if (!limits) {
        return;
    }
    const Node& all = limits->node();
    for (std::size_t i = 0; i < all.keys.size(); ++i) {
        const std::string& name = all.keys[i].text;
        std::string value = name + "=";
        if (all.items[i].isMap()) {
            auto both = *limits->map(name);
            value += both.text("soft").value_or("") + ":";
            value += both.text("hard").value_or("");
            finishCompose(both);
        } else {
            value += all.items[i].text;
        }
        takeValue(*limits, name, all.items[i], "--ulimit", value, claim);
    }
}

/// deploy.resources.limits stand above mem_limit and its like.
void readDeploy(Fields& service, Claim& claim) {
    auto deploy = service.map("deploy");
    if (!deploy) {
        return;
    }
    if (auto resources = deploy->map("resources")) {
        if (auto limits = resources->map("limits")) {
            takeSame(*limits, {"memory", "--memory", Shape::one}, claim);
            takeSame(*limits, {"cpus", "--cpus", Shape::one}, claim);
            takeSame(*limits, {"pids", "--pids-limit", Shape::one}, claim);
            finishCompose(*limits);
        }
        if (auto reserved = resources->map("reservations")) {
            reserved->passOver({"cpus", "memory"}); // kept free for it, no bound
            finishCompose(*reserved);
        }
        finishCompose(*resources);
    }
    deploy->passOver(
        {"mode", "endpoint_mode", "replicas", "labels", "rollback_config", "update_config", "restart_policy",
         "placement"});
    finishCompose(*deploy);
}

/// cpu_quota of every cpu_period is what cpus says in one number.
void readQuota(Fields& service, Claim& claim) {
    constexpr std::int64_t kUsualPeriod = 100000;
    constexpr std::uint64_t kThousandths = 1000;
    constexpr std::int64_t kMost = 1'000'000'000'000;
    const auto quota = service.number("cpu_quota");
    const auto period = service.number("cpu_period").value_or(kUsualPeriod);
    if (!quota || *quota <= 0) {
        return;
    }
    if (period <= 0 || *quota > kMost) {
        service.refuse(service.node(), "cpu_quota", "no share of a processor that there is");
        return;
    }
    const model::Evidence from = service.from("cpu_quota");
    const std::uint64_t share =
        static_cast<std::uint64_t>(*quota) * kThousandths / static_cast<std::uint64_t>(period);
    claim.limits["cpu"] = {{share, from.source}, from};
}

void readPorts(Fields& service, Claim& claim) {
    const Node* list = service.find("ports");
    if (list == nullptr) {
        return;
    }
    if (!list->isList()) {
        service.refuse(*list, "ports", "expected a list, found " + kindOf(*list));
        return;
    }
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        std::string value = item.text;
        if (item.kind != Kind::scalar) {
            Fields entry(item, service.reading(), service.pathOf("ports") + "[" + std::to_string(i) + "]");
            const std::string ip = entry.text("host_ip").value_or("");
            const std::string published = entry.text("published").value_or("");
            const std::string protocol = entry.text("protocol").value_or("tcp");
            value = (ip.empty() ? "" : ip + ":") + (ip.empty() && published.empty() ? "" : published + ":") +
                    entry.text("target").value_or("") + (protocol == "tcp" ? "" : "/" + protocol);
            entry.passOver({"name", "mode", "app_protocol"});
            finishCompose(entry);
        }
        takeValue(service, "ports", item, "--publish", value, claim);
    }
}

/// Commands that the engine runs inside, one by one; a privileged one has all capabilities for itself.
void readHooks(Fields& service, Claim& claim) {
    for (const char* key : {"post_start", "pre_stop"}) {
        for (Fields& hook : service.maps(key)) {
            if (hook.truth("privileged").value_or(false)) {
                claim.alsoAsked.push_back(std::string("privileged command at ") + key);
            }
            if (const auto user = hook.text("user")) {
                claim.alsoAsked.push_back(
                    std::string("command at ") + key + " as " + base::textFromBytes(*user));
            }
            hook.passOver({"command", "working_dir", "environment"});
            finishCompose(hook);
        }
    }
}

void readRuntime(Fields& service, Claim& claim) {
    if (const auto runtime = service.text("runtime"); runtime && !runtime->empty()) {
        claim.runtime = *runtime;
        const std::string program = runtime->substr(runtime->rfind('/') + 1);
        if (program != "runc" && program != "crun" && program != "io.containerd.runc.v2") {
            service.reading().note(
                *service.find("runtime"), service.pathOf("runtime"),
                base::textFromBytes(*runtime) + " builds a boundary of its own kind");
        }
    }
    if (const auto isolation = service.text("isolation");
        isolation && !isolation->empty() && *isolation != "default") {
        service.reading().note(
            *service.find("isolation"), service.pathOf("isolation"),
            base::textFromBytes(*isolation) + ": engines of Linux know no other than default");
    }
    for (const std::string& profile : service.texts("profiles").value_or(std::vector<std::string>())) {
        claim.alsoAsked.push_back("started with the profile " + base::textFromBytes(profile) + " only");
    }
}

/// What a service says of its image, its program, its neighbours and its watchers.
void passOverOthers(Fields& service) {
    service.passOver({"extends",     "develop",     "annotations",       "attach",
                      "build",       "command",     "depends_on",        "dns",
                      "dns_opt",     "dns_search",  "domainname",        "entrypoint",
                      "env_file",    "expose",      "extra_hosts",       "external_links",
                      "healthcheck", "hostname",    "label_file",        "labels",
                      "links",       "logging",     "mac_address",       "models",
                      "platform",    "pull_policy", "restart",           "pull_refresh_after",
                      "scale",       "stdin_open",  "stop_grace_period", "stop_signal",
                      "tty",         "working_dir", "container_name"});
}

} // namespace

void readComposeService(Fields& service, const ComposeScope& scope) {
    Claim& claim = scope.claim;
    if (const auto image = service.text("image")) {
        claim.image.ref = base::textFromBytes(*image);
    }
    for (const SameAsOption& same : kSameAsOptions) {
        takeSame(service, same, claim);
    }
    readNetworks(service, scope);
    for (const Mode& mode : kModes) {
        takeMode(service, mode, scope);
    }
    readComposeEnvironment(service, claim);
    readSecurityOptions(service, scope);
    readUlimits(service, claim);
    readQuota(service, claim);
    readDeploy(service, claim);
    readPorts(service, claim);
    readHooks(service, claim);
    readRuntime(service, claim);
    readComposeMounts(service, scope);
    passOverOthers(service);
    finishCompose(service);
}

} // namespace bulkhead::claims
