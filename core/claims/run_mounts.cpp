#include "core/base/bytes.h"
#include "core/claims/run_takes.h"

#include <algorithm>

namespace bulkhead::claims {

namespace {

/// "nvidia.com/gpu=all": what it brings stands in a file of the machine (CDI specification, Kinds and names).
bool isOfCdi(const std::string& device) {
    const auto slash = device.find('/');
    const auto equals = device.find('=');
    return slash != 0 && slash != std::string::npos && equals != std::string::npos && slash < equals;
}

} // namespace

Words splitAt(const std::string& text, char by) {
    Words parts(1);
    for (const char c : text) {
        if (c == by) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

bool takeDevice(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (isOfCdi(value)) {
        claim.notUnderstood.push_back(from.source);
        return true;
    }
    const Words parts = splitAt(value, ':');
    if (parts.size() > 3 || !parts[0].starts_with('/')) {
        return false;
    }
    DeviceAsk ask{parts[0], parts[0], "rwm", from};
    if (parts.size() > 1) {
        (parts[1].starts_with('/') ? ask.inside : ask.access) = parts[1];
    }
    if (parts.size() == 3) {
        ask.access = parts[2];
    }
    claim.devices.push_back(std::move(ask));
    return true;
}

bool takeVolume(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto mount = mountOfVolume(value, from);
    if (mount) {
        claim.mounts.push_back(*mount);
    }
    return mount.has_value();
}

bool takeTmpfs(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto colon = value.find(':');
    const std::string target = value.substr(0, colon);
    claim.mounts.push_back(
        tmpfsMount(target, colon == std::string::npos ? "" : value.substr(colon + 1), from));
    return target.starts_with('/');
}

bool takeMount(Claim& claim, const std::string& value, const model::Evidence& from) {
    AskedMount mount;
    std::string tmpfs;
    mount.from = from;
    mount.type = "volume";
    mount.options = {"rbind"};
    for (const std::string& part : splitAt(value, ',')) {
        const auto equals = part.find('=');
        const std::string key = part.substr(0, equals);
        const std::string text = equals == std::string::npos ? "true" : part.substr(equals + 1);
        if (key == "type") {
            mount.type = text;
        } else if (key == "source" || key == "src") {
            mount.source = text;
        } else if (key == "target" || key == "dst" || key == "destination") {
            mount.target = text;
        } else if (key == "readonly" || key == "ro") {
            mount.options.emplace_back(goTruth(text).value_or(true) ? "ro" : "rw");
        } else if (key == "rw" || key == "readwrite") {
            mount.options.emplace_back(goTruth(text).value_or(true) ? "rw" : "ro");
        } else if (key == "idmap") {
            mount.options.emplace_back(text == "false" ? "" : "idmap");
        } else if (key == "bind-propagation") {
            mount.options.push_back(text);
        } else if (key == "tmpfs-size" || key == "tmpfs-mode") {
            tmpfs += (tmpfs.empty() ? "" : ",") + key.substr(6) + "=" + text;
        } else if (key != "consistency") {
            claim.notUnderstood.push_back("--mount " + key);
        }
    }
    if (mount.type == "tmpfs") {
        claim.mounts.push_back(tmpfsMount(mount.target, tmpfs, from));
        return mount.target.starts_with('/');
    }
    const bool ofImage = mount.type == "image";
    mount.volume = mount.type == "volume" || ofImage;
    if (mount.volume) {
        mount.sourceUnknown = model::Unreadable{
            (ofImage ? "where the engine keeps the files of the image "
                     : "where the engine keeps the volume ") +
                mount.source,
            ""};
        mount.source.clear();
    }
    const bool writable = std::ranges::find(mount.options, "rw") != mount.options.end();
    if (ofImage && !writable) { // unless rw=true (podman-run(1) --mount)
        mount.options.emplace_back("ro");
    }
    const bool sound = mount.target.starts_with('/') && (mount.volume || mount.type == "bind");
    mount.type = "bind";
    tellShellSource(mount);
    claim.mounts.push_back(std::move(mount));
    return sound;
}

bool takeMountsOf(Claim& claim, const std::string& value, const model::Evidence& from) {
    const std::string name = base::textFromBytes(value.substr(0, value.find(':')));
    claim.notSeen["mounts"] = {
        base::textFromBytes(from.source) +
            " brings the mounts of that container, which the line does not say",
        "docker inspect " + name};
    return !name.empty();
}

bool takeApiSocket(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto asked = goTruth(value);
    if (asked.value_or(false)) {
        AskedMount mount;
        mount.target = "/var/run/docker.sock";
        mount.type = "bind";
        mount.source = mount.target;
        mount.options = {"rbind"};
        mount.from = from;
        claim.mounts.push_back(std::move(mount));
        claim.alsoAsked.emplace_back("the engine's API socket, with the credentials of its registries");
    }
    return asked.has_value();
}

} // namespace bulkhead::claims
