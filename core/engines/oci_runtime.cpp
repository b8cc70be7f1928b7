#include "core/engines/oci_runtime.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>

namespace bulkhead::engines {

namespace {

using base::ErrorKind;

constexpr std::array kKinds = {
    RuntimeKind{"runc", "runc, the runtime of Docker and containerd", "runc"},
    RuntimeKind{"crun", "crun, the runtime of Podman", "crun"},
};

constexpr std::array kChoices = {
    std::pair{EngineChoice::automatic, std::string_view("auto")},
    std::pair{EngineChoice::runc, std::string_view("runc")},
    std::pair{EngineChoice::crun, std::string_view("crun")},
    std::pair{EngineChoice::docker, std::string_view("docker")},
    std::pair{EngineChoice::podman, std::string_view("podman")},
};

/// The word after `label` on a line that begins with it.
std::string wordAfter(std::string_view output, std::string_view label) {
    std::size_t line = 0;
    while (line < output.size()) {
        const std::size_t end = std::min(output.find('\n', line), output.size());
        const std::string_view text = output.substr(line, end - line);
        if (text.starts_with(label)) {
            const std::string_view rest = text.substr(label.size());
            return base::textFromBytes(rest.substr(0, std::min<std::size_t>(rest.find(' '), 64)));
        }
        line = end + 1;
    }
    return "";
}

std::string labelOf(const OciRuntime& runtime) {
    return runtime.version.empty() ? runtime.name : runtime.name + " " + runtime.version;
}

bool isCandidate(const RuntimeKind& kind, EngineChoice choice) {
    return choice == EngineChoice::automatic || engineChoiceNamed(kind.id) == choice;
}

std::string joined(const std::vector<std::string>& reasons) {
    std::string out;
    for (const std::string& reason : reasons) {
        out += (out.empty() ? "" : "; ") + reason;
    }
    return out;
}

} // namespace

std::span<const RuntimeKind> runtimeKinds() {
    return kKinds;
}

std::optional<EngineChoice> engineChoiceNamed(std::string_view word) {
    const auto found = std::ranges::find(kChoices, word, [](const auto& entry) { return entry.second; });
    return found == kChoices.end() ? std::nullopt : std::optional(found->first);
}

OciRuntime parseRuntimeVersion(std::string_view output, std::string_view name) {
    OciRuntime runtime;
    runtime.name = name;
    runtime.version = wordAfter(output, std::string(name) + " version ");
    runtime.libseccomp = wordAfter(output, "libseccomp: ");
    return runtime;
}

base::Result<OciRuntime> findRuntime(const RuntimeKind& kind, const std::string& searchPath) {
    const auto path = os::findProgram(std::string(kind.id), searchPath);
    if (!path) {
        return base::fail(
            ErrorKind::notFound, std::string(kind.id) + ": not installed; apt-get install " +
                                     std::string(kind.package) + " brings it");
    }
    os::Command command;
    command.arguments = {path->string(), "--version"};
    command.environment = {"PATH=" + searchPath};
    command.timeout = std::chrono::seconds(10);
    const auto answer = os::runCommand(command);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    OciRuntime runtime = parseRuntimeVersion(answer->output, kind.id);
    runtime.path = *path;
    return runtime;
}

base::Result<RuntimeChoice>
chooseRuntime(EngineChoice choice, const std::string& searchPath, const Trial& trial) {
    std::optional<OciRuntime> chosen;
    std::vector<std::string> passedOver;
    ErrorKind worst = ErrorKind::notFound;
    for (const RuntimeKind& kind : kKinds) {
        if (!isCandidate(kind, choice)) {
            continue;
        }
        auto runtime = findRuntime(kind, searchPath);
        const base::Status works = runtime ? trial(*runtime) : std::unexpected(runtime.error());
        if (!works && works.error().kind == ErrorKind::canceled) {
            return std::unexpected(works.error());
        }
        if (!works) {
            worst = runtime ? ErrorKind::unsupported : worst;
            passedOver.push_back(
                runtime ? labelOf(*runtime) + ": " + works.error().message : works.error().message);
        } else if (!chosen) {
            chosen = std::move(*runtime);
        }
    }
    if (!chosen) {
        return base::fail(worst, "no container runtime works here: " + joined(passedOver));
    }
    return RuntimeChoice{std::move(*chosen), std::move(passedOver)};
}

} // namespace bulkhead::engines
