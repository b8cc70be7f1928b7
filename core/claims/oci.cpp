#include "core/base/bytes.h"
#include "core/claims/claim.h"
#include "core/claims/clean_path.h"
#include "core/claims/oci_parts.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

using model::CapabilitySet;
using model::NamespaceType;

namespace {

constexpr std::array kNamespaces = {
    std::pair{NamespaceType::user, std::string_view("user")},
    std::pair{NamespaceType::pid, std::string_view("pid")},
    std::pair{NamespaceType::mnt, std::string_view("mount")},
    std::pair{NamespaceType::net, std::string_view("network")},
    std::pair{NamespaceType::ipc, std::string_view("ipc")},
    std::pair{NamespaceType::uts, std::string_view("uts")},
    std::pair{NamespaceType::cgroup, std::string_view("cgroup")},
    std::pair{NamespaceType::time, std::string_view("time")},
};

/// An id as the kernel counts them.
std::uint32_t idOf(Fields& fields, std::string_view key) {
    const auto number = fields.number(key).value_or(0);
    if (number < 0 || number > 4294967294) {
        fields.refuse(*fields.find(key), key, "expected an id from 0 to 4294967294");
        return 0;
    }
    return static_cast<std::uint32_t>(number);
}

void readUser(Fields& process, Boundary& out) {
    const auto evidence = process.from("user");
    auto user = process.map("user");
    if (!user) {
        out.uid = {0, evidence};
        out.gid = {0, evidence};
        out.groups = {{}, evidence};
        return;
    }
    out.uid = user->stated(idOf(*user, "uid"), "uid");
    out.gid = user->stated(idOf(*user, "gid"), "gid");
    std::vector<std::uint32_t> groups;
    if (const Node* list = user->find("additionalGids")) {
        for (const Node& item : list->items) {
            const auto id = numberOf(item, false);
            if (!id || *id < 0 || *id > 4294967294) {
                user->refuse(item, "additionalGids", "expected ids, found " + kindOf(item));
                continue;
            }
            groups.push_back(static_cast<std::uint32_t>(*id));
        }
    }
    out.groups = user->stated(std::move(groups), "additionalGids");
    user->passOver({"umask", "username"});
    user->finish();
}

CapabilitySet setOf(Fields& fields, std::string_view key) {
    CapabilitySet set;
    const auto names = fields.texts(key);
    for (std::size_t i = 0; names && i < names->size(); ++i) {
        const auto capability = model::capabilityNamed((*names)[i]);
        const Node& at = fields.find(key)->items[i];
        if (!capability) {
            // the runtimes warn and go on without it
            fields.reading().notUnderstood.push_back(
                fields.pathOf(key) + ": no capability is named " + base::textFromBytes((*names)[i]) +
                " (line " + std::to_string(at.line) + ")");
        } else {
            set.add(*capability);
        }
    }
    return set;
}

void readCapabilities(Fields& process, Boundary& out) {
    const std::array sets = {
        std::pair{"bounding", &out.bounding}, std::pair{"permitted", &out.permitted},
        std::pair{"effective", &out.effective}, std::pair{"inheritable", &out.inheritable},
        std::pair{"ambient", &out.ambient}};
    auto capabilities = process.map("capabilities");
    for (const auto& [name, set] : sets) {
        *set = capabilities ? capabilities->stated(setOf(*capabilities, name), name)
                            : process.stated(CapabilitySet(), "capabilities");
    }
    if (capabilities) {
        capabilities->finish();
    }
}

void readRlimits(Fields& process, Boundary& out) {
    for (Fields& entry : process.maps("rlimits")) {
        const std::string type = entry.text("type").value_or("");
        const auto bound = [&](std::string_view key) -> std::optional<std::uint64_t> {
            const auto number = entry.number(key).value_or(0);
            return number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(number));
        };
        if (!type.starts_with("RLIMIT_")) {
            entry.refuse(entry.node(), "type", "expected a name such as RLIMIT_NOFILE");
        }
        out.rlimits[type] = entry.stated(model::ResourceLimit{bound("soft"), bound("hard")}, "");
        entry.finish();
    }
}

void readProcess(Fields& root, Boundary& out) {
    auto process = root.map("process");
    if (!process) {
        root.refuse(root.node(), "process", "absent: there is nothing to run");
        return;
    }
    readUser(*process, out);
    readCapabilities(*process, out);
    readRlimits(*process, out);
    out.noNewPrivileges =
        process->stated(process->truth("noNewPrivileges").value_or(false), "noNewPrivileges");
    if (const auto score = process->number("oomScoreAdj")) {
        out.oomScoreAdj = process->stated(*score, "oomScoreAdj");
    }
    if (const auto profile = process->text("apparmorProfile"); profile && !profile->empty()) {
        out.apparmor = process->stated(
            model::LsmLabel{
                *profile, *profile == "unconfined" ? "unconfined" : "enforce", *profile != "unconfined"},
            "apparmorProfile");
    }
    if (const auto label = process->text("selinuxLabel"); label && !label->empty()) {
        out.selinux = process->stated(model::LsmLabel{*label, "", true}, "selinuxLabel");
    }
    process->passOver({"terminal", "consoleSize", "args", "env", "cwd", "commandLine"});
    process->finish();
}

void readMounts(Fields& root, Boundary& out) {
    out.mountsFrom = root.from("mounts");
    for (Fields& entry : root.maps("mounts")) {
        AskedMount& mount = out.mounts.emplace_back();
        mount.target = cleanPath(entry.text("destination").value_or(""));
        mount.type = entry.text("type").value_or("");
        mount.source = entry.text("source").value_or("");
        mount.options = entry.texts("options").value_or(std::vector<std::string>());
        mount.from = entry.from("");
        if (!mount.target.starts_with("/")) {
            entry.refuse(entry.node(), "destination", "expected a path from the root");
        }
        if (mount.type != "bind" &&
            std::ranges::any_of(mount.options, [](const auto& o) { return o == "bind" || o == "rbind"; })) {
            mount.type = "bind";
        }
        mount.source = mount.type == "bind" ? cleanPath(mount.source) : mount.source;
        entry.finish();
    }
}

void readNamespaces(Fields& linux, Boundary& out) {
    const auto from = linux.from("namespaces");
    for (const auto& [type, name] : kNamespaces) {
        // what is not listed is inherited from the runtime, which is the host's (runtime-spec, Namespaces)
        out.namespaces[type] = {"host", from};
    }
    for (Fields& entry : linux.maps("namespaces")) {
        const std::string name = entry.text("type").value_or("");
        const auto found = std::ranges::find(kNamespaces, name, [](const auto& pair) { return pair.second; });
        const std::string path = entry.text("path").value_or("");
        if (found == kNamespaces.end()) {
            entry.refuse(entry.node(), "type", "no such namespace: " + base::textFromBytes(name));
            continue;
        }
        const bool ofInit = path.starts_with("/proc/1/ns/");
        out.namespaces[found->first] = entry.stated(
            path.empty() ? std::string("new")
            : ofInit     ? std::string("host")
                         : "join(" + path + ")",
            "");
        entry.finish();
    }
}

model::IdMap mapOf(Fields& linux, std::string_view key) {
    model::IdMap map;
    for (Fields& entry : linux.maps(key)) {
        map.ranges.push_back({idOf(entry, "containerID"), idOf(entry, "hostID"), idOf(entry, "size")});
        entry.finish();
    }
    return map;
}

void readHooks(Fields& root, Boundary& out) {
    std::vector<std::string> hooks;
    auto all = root.map("hooks");
    for (const char* when :
         {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"}) {
        for (Fields& hook : all ? all->maps(when) : std::vector<Fields>()) {
            hooks.push_back(std::string(when) + ": " + hook.text("path").value_or(""));
            hook.passOver({"args", "env", "timeout"});
            hook.finish();
        }
    }
    if (all) {
        all->finish();
    }
    out.hooks = root.stated(std::move(hooks), "hooks");
}

void readSysctls(Fields& linux, Boundary& out) {
    std::map<std::string, std::string> values;
    if (auto map = linux.map("sysctl")) {
        for (const Node& key : map->node().keys) {
            values[key.text] = map->text(key.text).value_or("");
        }
    }
    out.sysctls = linux.stated(std::move(values), "sysctl");
}

void readDevices(Fields& linux, Boundary& out) {
    std::vector<AskedDevice> devices;
    for (Fields& entry : linux.maps("devices")) {
        AskedDevice device;
        device.path = entry.text("path").value_or("");
        const std::string type = entry.text("type").value_or("");
        if (type != "c" && type != "b" && type != "u" && type != "p") {
            entry.refuse(entry.node(), "type", "expected c, u, b or p, found " + base::textFromBytes(type));
        }
        device.type = type == "b" ? 'b' : 'c';
        device.major = static_cast<std::uint32_t>(entry.number("major").value_or(0));
        device.minor = static_cast<std::uint32_t>(entry.number("minor").value_or(0));
        constexpr std::int64_t kUsual = 0666;
        device.mode = static_cast<std::uint32_t>(entry.number("fileMode").value_or(kUsual)) & 07777U;
        device.uid = static_cast<std::uint32_t>(entry.number("uid").value_or(0));
        device.gid = static_cast<std::uint32_t>(entry.number("gid").value_or(0));
        entry.finish();
        if (type != "p") {
            devices.push_back(std::move(device));
        }
    }
    out.devices = linux.stated(std::move(devices), "devices");
}

void readFilter(Fields& linux, Boundary& out) {
    const Node* node = linux.find("seccomp");
    AskedFilter filter;
    filter.name = "unconfined";
    if (node != nullptr) {
        filter.filtered = true;
        filter.name = "the file's own";
        auto profile = profileIn(*node, linux.reading(), linux.pathOf("seccomp"));
        if (profile) {
            filter.profile = std::move(*profile);
        }
    }
    out.filter = linux.stated(std::move(filter), "seccomp");
}

void readLinux(Fields& root, Boundary& out) {
    auto linux = root.map("linux");
    if (!linux) {
        root.refuse(root.node(), "linux", "absent; Bulkhead knows containers of Linux only");
        return;
    }
    readNamespaces(*linux, out);
    out.uidMap = linux->stated(mapOf(*linux, "uidMappings"), "uidMappings");
    out.gidMap = linux->stated(mapOf(*linux, "gidMappings"), "gidMappings");
    out.maskedPaths =
        linux->stated(linux->texts("maskedPaths").value_or(std::vector<std::string>()), "maskedPaths");
    out.readonlyPaths =
        linux->stated(linux->texts("readonlyPaths").value_or(std::vector<std::string>()), "readonlyPaths");
    readSysctls(*linux, out);
    readDevices(*linux, out);
    readFilter(*linux, out);
    readResources(*linux, out);
    const auto propagation = linux->text("rootfsPropagation");
    if (propagation && (*propagation == "shared" || *propagation == "rshared")) {
        linux->reading().notUnderstood.push_back(
            "linux.rootfsPropagation " + *propagation + ": mounts of the root travel to the host");
    }
    linux->passOver({"cgroupsPath", "mountLabel", "timeOffsets"});
    linux->finish();
}

Builder builderOf(const EngineChoice& engine) {
    Builder builder;
    builder.engine.name = engine.name;
    builder.engine.version = engine.version;
    builder.runtime.name = findEngine(engine.name)->runtime;
    if (engine.name == builder.runtime.name) {
        builder.runtime.version = builder.engine.version;
    }
    return builder;
}

} // namespace

bool looksLikeOci(const std::vector<Node>& documents) {
    return documents.size() == 1 && documents.front().find("ociVersion") != nullptr;
}

base::Result<Boundary> readOciBoundary(const Node& document, Reading& reading) {
    Boundary out;
    Fields root(document, reading);
    const std::string version = root.text("ociVersion").value_or("");
    if (!version.starts_with("1.")) {
        root.refuse(
            document.find("ociVersion") != nullptr ? *document.find("ociVersion") : document, "ociVersion",
            "expected a 1.x of the runtime specification, found " + base::textFromBytes(version));
    }
    readProcess(root, out);
    readMounts(root, out);
    readLinux(root, out);
    readHooks(root, out);
    if (auto rootfs = root.map("root")) {
        out.readOnlyRoot = rootfs->stated(rootfs->truth("readonly").value_or(false), "readonly");
        out.rootfs = rootfs->text("path").value_or("");
        rootfs->finish();
    } else {
        out.readOnlyRoot = root.stated(false, "root");
    }
    if (out.rootfs.is_relative() && !out.rootfs.empty()) {
        out.rootfs = std::filesystem::path(reading.file).parent_path() / out.rootfs;
    }
    out.name = root.text("hostname").value_or("");
    root.passOver({"domainname", "annotations"});
    root.finish();
    out.notUnderstood = {reading.notUnderstood, reading.from(document, "")};
    if (reading.problem) {
        return std::unexpected(*reading.problem);
    }
    return out;
}

base::Result<model::Snapshot>
declareOci(std::string_view json, const std::string& file, const Builder& builder, const Ground& ground) {
    const auto document = parseJsonNode(json, file);
    if (!document) {
        return std::unexpected(document.error());
    }
    Reading reading;
    reading.file = file;
    const auto boundary = readOciBoundary(*document, reading);
    if (!boundary) {
        return std::unexpected(boundary.error());
    }
    return declareSnapshot(*boundary, builder, ground);
}

base::Result<std::vector<model::Snapshot>>
importOci(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options) {
    const auto engine = chooseEngine(options.engine, "runc");
    if (!engine) {
        return std::unexpected(engine.error());
    }
    auto boundary = readOciBoundary(documents.front(), reading);
    if (!boundary) {
        return std::unexpected(boundary.error());
    }
    if (boundary->name.empty()) {
        boundary->name = std::filesystem::path(reading.file).parent_path().filename().string();
    }
    if (boundary->name.empty()) {
        boundary->name = "config.json";
    }
    std::vector<model::Snapshot> one;
    one.push_back(declareSnapshot(*boundary, builderOf(*engine), options.ground));
    return one;
}

} // namespace bulkhead::claims
