#include "core/policy/pss_checks.h"

#include <algorithm>

namespace bulkhead::policy {

namespace {

/// A text as Go's %q writes it, for what stands in annotations.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

bool isAppArmorAnnotation(std::string_view value) {
    return value.empty() || value == "runtime/default" || value.starts_with("localhost/");
}

/// The annotations of before Kubernetes 1.30, whether a container is named so or not.
std::set<std::string> badAppArmorAnnotations(Pod& pod) {
    std::set<std::string> bad;
    for (const auto& [key, field] : pod.annotations()) {
        if (key.starts_with("container.apparmor.security.beta.kubernetes.io/")) {
            const std::string value = pod.text(field).value_or("");
            if (!isAppArmorAnnotation(value)) {
                pod.forbid(field);
                bad.insert(key + "=" + quoted(value));
            }
        }
    }
    return bad;
}

/// Looks at the type of a profile; a profile that is there without one has the empty type.
void lookAtProfile(
    Pod& pod, const Field& context, std::string_view profile, BadSetters& bad, const std::string* container) {
    if (!pod.below(context, {profile}).there()) {
        return;
    }
    const Field field = pod.below(context, {profile, "type"});
    const std::string type = pod.text(field).value_or("");
    if (isConfining(type)) {
        return;
    }
    pod.forbid(field);
    bad.values.insert(type);
    if (container == nullptr) {
        bad.pod = true;
    } else {
        bad.containers.push_back(*container);
    }
}

BadSetters badProfiles(Pod& pod, std::string_view profile) {
    BadSetters bad;
    lookAtProfile(pod, pod.spec({"securityContext"}), profile, bad, nullptr);
    for (const PodContainer& container : pod.containers()) {
        lookAtProfile(pod, container.context, profile, bad, &container.name);
    }
    return bad;
}

} // namespace

bool isConfining(std::string_view type) {
    return type == "RuntimeDefault" || type == "Localhost";
}

PssResult checkAppArmor(Pod& pod, int /*minor*/) {
    const BadSetters bad = badProfiles(pod, "appArmorProfile");
    const std::set<std::string> annotations = badAppArmorAnnotations(pod);
    std::vector<std::string> setters = bad.words();
    std::vector<std::string> values(bad.values.begin(), bad.values.end());
    values.insert(values.end(), annotations.begin(), annotations.end());
    if (!annotations.empty()) {
        setters.push_back(oneOrMany(annotations.size(), "annotation", "annotations"));
    }
    if (setters.empty()) {
        return {};
    }
    return {
        oneOrMany(values.size(), "forbidden AppArmor profile", "forbidden AppArmor profiles"),
        joined(setters, " and ") + " must not set AppArmor profile type to " + joinQuoted(values)};
}

namespace {

/// What is wrong with SELinux options over all who set them.
struct BadSelinux {
    BadSetters setters;
    bool user = false;
    bool role = false;
};

bool lookAtSelinux(Pod& pod, const Field& context, int minor, BadSelinux& bad) {
    bool valid = true;
    const Field typeField = pod.below(context, {"seLinuxOptions", "type"});
    const std::string type = pod.text(typeField).value_or("");
    const bool known = type.empty() || type == "container_t" || type == "container_init_t" ||
                       type == "container_kvm_t" || (minor >= 31 && type == "container_engine_t");
    if (!known) {
        pod.forbid(typeField);
        bad.setters.values.insert(type);
        valid = false;
    }
    for (const auto& [key, set] : {std::pair{"user", &bad.user}, std::pair{"role", &bad.role}}) {
        const Field field = pod.below(context, {"seLinuxOptions", key});
        if (!pod.text(field).value_or("").empty()) {
            pod.forbid(field);
            *set = true;
            valid = false;
        }
    }
    return valid;
}

} // namespace

PssResult checkSelinux(Pod& pod, int minor) {
    BadSelinux bad;
    bad.setters.pod = !lookAtSelinux(pod, pod.spec({"securityContext"}), minor, bad);
    for (const PodContainer& container : pod.containers()) {
        if (!lookAtSelinux(pod, container.context, minor, bad)) {
            bad.setters.containers.push_back(container.name);
        }
    }
    if (!bad.setters.any()) {
        return {};
    }
    std::vector<std::string> what;
    if (!bad.setters.values.empty()) {
        what.push_back(
            oneOrMany(bad.setters.values.size(), "type", "types") + " " + joinQuoted(bad.setters.values));
    }
    if (bad.user) {
        what.emplace_back("user may not be set");
    }
    if (bad.role) {
        what.emplace_back("role may not be set");
    }
    return {
        "seLinuxOptions", joined(bad.setters.words(), " and ") +
                              " set forbidden securityContext.seLinuxOptions: " + joined(what, "; ")};
}

BadSetters badSeccomp(Pod& pod) {
    return badProfiles(pod, "seccompProfile");
}

PssResult badSeccompResult(const BadSetters& bad) {
    return {
        "seccompProfile", joined(bad.words(), " and ") +
                              " must not set securityContext.seccompProfile.type to " +
                              joinQuoted(bad.values)};
}

namespace {

/// Before 1.19, annotations said it: of the Pod, and of those containers that there are.
PssResult seccompAnnotations(Pod& pod) {
    std::set<std::string> bad;
    for (const auto& [key, field] : pod.annotations()) {
        constexpr std::string_view kContainer = "container.seccomp.security.alpha.kubernetes.io/";
        const bool ofContainer =
            key.starts_with(kContainer) &&
            std::ranges::find(pod.containers(), key.substr(kContainer.size()), &PodContainer::name) !=
                pod.containers().end();
        if (!ofContainer && key != "seccomp.security.alpha.kubernetes.io/pod") {
            continue;
        }
        const std::string value = pod.text(field).value_or("");
        if (value != "runtime/default" && value != "docker/default" && !value.starts_with("localhost/")) {
            pod.forbid(field);
            bad.insert(key + "=" + quoted(value));
        }
    }
    return bad.empty()
               ? PssResult{}
               : PssResult{
                     "seccompProfile", "forbidden " + oneOrMany(bad.size(), "annotation", "annotations") +
                                           " " + joined({bad.begin(), bad.end()}, ", ")};
}

} // namespace

PssResult checkSeccompBaseline(Pod& pod, int minor) {
    if (minor < 19) {
        return seccompAnnotations(pod);
    }
    const BadSetters bad = badSeccomp(pod);
    return bad.any() ? badSeccompResult(bad) : PssResult{};
}

} // namespace bulkhead::policy
