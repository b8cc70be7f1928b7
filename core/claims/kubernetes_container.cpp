#include "core/base/bytes.h"
#include "core/claims/clean_path.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace bulkhead::claims {

namespace {

/// seccompProfile and appArmorProfile: {type, localhostProfile}.
std::optional<std::string> profileOf(Fields& context, const char* key) {
    auto profile = context.map(key);
    if (!profile) {
        return std::nullopt;
    }
    const std::string type = profile->text("type").value_or("");
    std::string local = profile->text("localhostProfile").value_or("");
    profile->finish();
    if (type == "RuntimeDefault") {
        return "default";
    }
    if (type == "Unconfined") {
        return "unconfined";
    }
    if (type != "Localhost" || local.empty()) {
        context.refuse(
            profile->node(), key,
            "expected the type RuntimeDefault, Unconfined, or Localhost with a localhostProfile");
    }
    return local;
}

void readCapabilities(Fields& context, Claim& claim) {
    auto capabilities = context.map("capabilities");
    if (!capabilities) {
        return;
    }
    if (const auto add = capabilities->texts("add")) {
        claim.capAdd = capabilities->stated(*add, "add");
    }
    if (const auto drop = capabilities->texts("drop")) {
        claim.capDrop = capabilities->stated(*drop, "drop");
    }
    capabilities->finish();
}

void readContext(Fields& container, Claim& claim) {
    auto context = container.map("securityContext");
    if (!context) {
        return;
    }
    readSharedContext(*context, claim);
    readCapabilities(*context, claim);
    if (const auto privileged = context->truth("privileged")) {
        claim.privileged = context->stated(*privileged, "privileged");
    }
    if (const auto readOnly = context->truth("readOnlyRootFilesystem")) {
        claim.readOnlyRoot = context->stated(*readOnly, "readOnlyRootFilesystem");
    }
    if (const auto escalation = context->truth("allowPrivilegeEscalation")) {
        claim.noNewPrivileges = context->stated(!*escalation, "allowPrivilegeEscalation");
    }
    if (const auto mount = context->text("procMount")) {
        if (*mount != "Default" && *mount != "Unmasked") {
            context->refuse(*context->find("procMount"), "procMount", "expected Default or Unmasked");
        }
        claim.pathsOpen = context->stated(*mount == "Unmasked", "procMount");
    }
    context->passOver({"windowsOptions"});
    context->finish();
}

/// What the API server refuses beside allowPrivilegeEscalation: false (kubernetes pkg/apis/core/validation).
void tellRefusedEscalation(Fields& container, const Claim& claim) {
    if (!claim.noNewPrivileges.valueOr(false)) {
        return;
    }
    const std::vector<std::string> added = claim.capAdd.valueOr({});
    if (claim.privileged.valueOr(false) || std::ranges::find(added, "CAP_SYS_ADMIN") != added.end()) {
        container.report(
            "securityContext", "allowPrivilegeEscalation: false with privileged or CAP_SYS_ADMIN: the API "
                               "server refuses it");
    }
}

void readMounts(Fields& container, const PodClaim& pod, Claim& claim) {
    for (Fields& entry : container.maps("volumeMounts")) {
        const std::string name = entry.text("name").value_or("");
        const auto volume = std::ranges::find(
            pod.volumes, name, [](const auto& known) -> const std::string& { return known.first; });
        if (volume == pod.volumes.end()) {
            entry.refuse(entry.node(), "name", "the Pod has no volume " + base::textFromBytes(name));
            continue;
        }
        AskedMount mount = volume->second;
        mount.target = pathFromRoot(entry.text("mountPath").value_or(""));
        mount.from = entry.from("");
        const bool closed = std::ranges::find(mount.options, "ro") != mount.options.end(); // by its claim
        mount.options.emplace_back(entry.truth("readOnly").value_or(false) || closed ? "ro" : "rw");
        const std::string propagation = entry.text("mountPropagation").value_or("None");
        mount.options.emplace_back(
            propagation == "Bidirectional"     ? "rshared"
            : propagation == "HostToContainer" ? "rslave"
                                               : "rprivate");
        if (const auto below = entry.text("subPath"); below && !below->empty() && !mount.sourceUnknown) {
            mount.source += "/" + *below;
        }
        if (const auto below = entry.text("subPathExpr"); below && !mount.sourceUnknown) {
            mount.sourceUnknown = model::Unreadable{"the folder depends on the environment: " + *below, ""};
        }
        if (const auto below = entry.text("recursiveReadOnly"); below && *below != "Disabled") {
            entry.report(
                "recursiveReadOnly",
                base::textFromBytes(*below) +
                    ": whether what is mounted below the folder is read-only too, the node says");
        }
        entry.finish();
        claim.mounts.push_back(std::move(mount));
    }
    if (const Node* devices = container.find("volumeDevices");
        devices != nullptr && !devices->items.empty()) {
        container.reading().notUnderstood.push_back(
            container.pathOf("volumeDevices") + " (line " + std::to_string(devices->line) +
            "): block devices that a claim brings");
    }
}

/// The token by which the container speaks to the cluster, unless a volume stands there already.
void addToken(const PodClaim& pod, Claim& claim) {
    const std::string target = "/var/run/secrets/kubernetes.io/serviceaccount";
    const bool given =
        std::ranges::any_of(claim.mounts, [&](const AskedMount& mount) { return mount.target == target; });
    if (pod.token.valueOr(true) && !given) {
        AskedMount mount;
        mount.target = target;
        mount.type = "bind";
        mount.options = {"rbind", "rprivate", "ro"};
        mount.from = pod.token.evidence();
        mount.volume = true;
        mount.sourceUnknown = model::Unreadable{
            "the token of the service account, unless the account itself says automountServiceAccountToken: "
            "false",
            ""};
        claim.mounts.push_back(std::move(mount));
    }
}

/// The file for the container's last words, which the kubelet keeps and mounts (kubernetes.io, Determine the
/// Reason for Pod Failure).
void addTerminationLog(Fields& container, Claim& claim) {
    const std::string path = container.text("terminationMessagePath").value_or("");
    AskedMount mount;
    mount.target = path.empty() ? "/dev/termination-log" : path;
    mount.type = "bind";
    mount.options = {"rbind", "rprivate"};
    mount.from = path.empty()
                     ? model::Evidence{model::EvidenceKind::defaulted, "the kubelet's own files", "", 0}
                     : container.from("terminationMessagePath");
    mount.ofEngine = true;
    mount.sourceUnknown = model::Unreadable{"a file that the kubelet makes for the container", ""};
    claim.mounts.push_back(std::move(mount));
}

void readResources(Fields& container, Claim& claim) {
    auto resources = container.map("resources");
    auto limits = resources ? resources->map("limits") : std::nullopt;
    if (resources) {
        resources->passOver({"requests", "claims"});
        resources->finish();
    }
    if (!limits) {
        return;
    }
    constexpr double kThousandths = 1000;
    for (const auto& [key, divisor] : {std::pair{"memory", kThousandths}, std::pair{"cpu", 1.0}}) {
        const auto text = limits->text(key);
        if (!text) {
            continue;
        }
        const auto quantity = quantityOf(*text);
        if (!quantity) {
            limits->refuse(
                *limits->find(key), key, "expected a quantity, found " + kindOf(*limits->find(key)));
            continue;
        }
        const model::Evidence from = limits->from(key);
        const auto value = static_cast<std::uint64_t>(std::ceil(*quantity / divisor));
        claim.limits[key] = {{value, from.source}, from};
    }
    limits->passOver({"ephemeral-storage"});
    limits->finish();
}

void readPorts(Fields& container, Claim& claim) {
    std::vector<std::string> ports;
    for (Fields& port : container.maps("ports")) {
        const auto host = port.number("hostPort");
        const auto inside = port.number("containerPort");
        if (host && *host > 0) {
            ports.push_back(
                port.text("hostIP").value_or("0.0.0.0") + ":" + std::to_string(*host) + " to " +
                std::to_string(inside.value_or(*host)));
        }
        port.passOver({"name", "protocol", "hostIP"});
        port.finish();
    }
    claim.publishedPorts = container.stated(std::move(ports), "ports");
}

void readApparmorAnnotation(const PodClaim& pod, Claim& claim) {
    const auto found = pod.apparmor.find(claim.name);
    if (found == pod.apparmor.end()) {
        return;
    }
    const auto& [text, from] = found->second;
    claim.apparmor = {
        text == "runtime/default"        ? std::string("default")
        : text.starts_with("localhost/") ? text.substr(10)
                                         : text,
        from};
}

} // namespace

std::optional<double> quantityOf(std::string_view text) {
    constexpr std::array kUnits = {
        std::pair{std::string_view(""), 1.0},
        std::pair{std::string_view("m"), 1e-3},
        std::pair{std::string_view("k"), 1e3},
        std::pair{std::string_view("M"), 1e6},
        std::pair{std::string_view("G"), 1e9},
        std::pair{std::string_view("T"), 1e12},
        std::pair{std::string_view("Ki"), 1024.0},
        std::pair{std::string_view("Mi"), 1048576.0},
        std::pair{std::string_view("Gi"), 1073741824.0},
        std::pair{std::string_view("Ti"), 1099511627776.0}};
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto known = std::ranges::find(kUnits, unit, [](const auto& entry) { return entry.first; });
    constexpr double kThousandths = 1000;
    constexpr double kMost = 1e15;
    if (error != std::errc{} || known == kUnits.end() || number < 0 || number * known->second > kMost) {
        return std::nullopt;
    }
    return number * known->second * kThousandths;
}

void readSharedContext(Fields& context, Claim& claim) {
    const auto user = context.number("runAsUser");
    const auto group = context.number("runAsGroup");
    if (group) {
        claim.primaryGroup = context.stated(std::to_string(*group), "runAsGroup");
    }
    if (user) {
        const std::string own = claim.primaryGroup.valueOr("");
        claim.user = context.stated(std::to_string(*user) + (own.empty() ? "" : ":" + own), "runAsUser");
    } else if (group && claim.user.known()) {
        const std::string known = claim.user.value();
        claim.user =
            context.stated(known.substr(0, known.find(':')) + ":" + std::to_string(*group), "runAsGroup");
    } else if (group) {
        context.reading().notUnderstood.push_back(
            context.pathOf("runAsGroup") + ": without runAsUser, the user is the image's");
    }
    if (const auto nonRoot = context.truth("runAsNonRoot")) {
        claim.nonRoot = context.stated(*nonRoot, "runAsNonRoot");
    }
    if (const auto profile = profileOf(context, "seccompProfile")) {
        claim.seccomp = context.stated(*profile, "seccompProfile");
    }
    if (const auto profile = profileOf(context, "appArmorProfile")) {
        claim.apparmor = context.stated(*profile, "appArmorProfile");
    }
    if (const Node* label = context.find("seLinuxOptions")) {
        context.reading().notUnderstood.push_back(
            context.pathOf("seLinuxOptions") + " (line " + std::to_string(label->line) +
            "): the label depends on the policy of the machine");
    }
}

Claim readPodContainer(Fields& container, const PodClaim& pod) {
    Claim claim = pod.common;
    claim.whole = container.from("");
    claim.name = container.text("name").value_or("");
    claim.image.ref = container.text("image").value_or("");
    readApparmorAnnotation(pod, claim);
    readContext(container, claim);
    const std::string user = claim.user.valueOr("");
    if (claim.nonRoot.valueOr(false) && (user == "0" || user.starts_with("0:"))) {
        container.report(
            "securityContext", "runAsNonRoot with the user 0: the kubelet does not start the container");
    }
    tellRefusedEscalation(container, claim);
    readMounts(container, pod, claim);
    addToken(pod, claim);
    addTerminationLog(container, claim);
    readResources(container, claim);
    readPorts(container, claim);
    if (container.text("restartPolicy").value_or("") == "Always") {
        claim.role = "sidecar";
    }
    readPodEnvironment(container, claim);
    readProbes(container, claim);
    container.passOver(
        {"command", "args", "workingDir", "terminationMessagePolicy", "imagePullPolicy", "stdin", "stdinOnce",
         "tty", "resizePolicy", "targetContainerName", "restartPolicyRules"});
    container.finish();
    return claim;
}

} // namespace bulkhead::claims
