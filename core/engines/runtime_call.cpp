#include "core/base/bytes.h"
#include "core/engines/oci_runtime.h"
#include "core/os/file.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace bulkhead::engines {

namespace {

using base::ErrorKind;
using Json = nlohmann::json;

constexpr std::size_t kMaxLog = 1024UL * 1024;

std::filesystem::path logOf(const RuntimeCall& call, const std::string& id) {
    return call.state / (id + ".log");
}

os::Command
commandFor(const RuntimeCall& call, const std::string& id, std::initializer_list<std::string> arguments) {
    os::Command command;
    command.arguments = {
        call.runtime.path.string(),
        "--root",
        call.state.string(),
        "--log",
        logOf(call, id).string(),
        "--log-format",
        "json"};
    command.arguments.insert(command.arguments.end(), arguments);
    command.environment = call.environment;
    command.runAs = call.runAs;
    command.stop = call.stop;
    return command;
}

std::string textAt(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? base::textFromBytes(found->get<std::string>()) : "";
}

/// What the runtime said went wrong; its exit code where it said nothing.
std::string complaintOf(const RuntimeCall& call, const std::string& id, int exitCode) {
    const auto log = os::readFile(logOf(call, id), kMaxLog);
    std::string message = log ? lastErrorIn(*log) : "";
    return message.empty() ? "ended with exit code " + std::to_string(exitCode) : message;
}

} // namespace

std::string lastErrorIn(std::string_view log) {
    std::string message;
    std::size_t line = 0;
    while (line < log.size()) {
        const std::size_t end = std::min(log.find('\n', line), log.size());
        const Json entry = Json::parse(log.substr(line, end - line), nullptr, false);
        if (entry.is_object() && textAt(entry, "level") == "error") {
            message = textAt(entry, "msg");
        }
        line = end + 1;
    }
    return message;
}

base::Result<std::int64_t>
runContainer(const RuntimeCall& call, const std::filesystem::path& bundle, const std::string& id) {
    const auto pidFile = call.state / (id + ".pid");
    os::Command command = commandFor(
        call, id, {"run", "--detach", "--bundle", bundle.string(), "--pid-file", pidFile.string(), id});
    command.workingDirectory = bundle;
    // the container inherits the streams of the runtime: a pipe of ours would stay open as long as it lives
    command.captureOutput = false;
    const auto finished = os::runCommand(command);
    if (!finished) {
        return std::unexpected(finished.error());
    }
    if (finished->exitCode != 0) {
        return base::fail(ErrorKind::unsupported, complaintOf(call, id, finished->exitCode));
    }
    const auto text = os::readFile(pidFile, 64);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::int64_t pid = 0;
    if (std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc{} || pid <= 1) {
        return base::fail(ErrorKind::malformed, pidFile.string() + ": holds no process number");
    }
    return pid;
}

base::Result<ContainerState> containerState(const RuntimeCall& call, const std::string& id) {
    const auto finished = os::runCommand(commandFor(call, id, {"state", id}));
    if (!finished) {
        return std::unexpected(finished.error());
    }
    if (finished->exitCode != 0) {
        return base::fail(ErrorKind::notFound, complaintOf(call, id, finished->exitCode));
    }
    const Json answer = Json::parse(finished->output, nullptr, false);
    const auto pid = answer.is_object() ? answer.find("pid") : answer.end();
    if (!answer.is_object() || pid == answer.end() || !pid->is_number_integer()) {
        return base::fail(
            ErrorKind::malformed, call.runtime.name + " state " + id + ": not the expected JSON");
    }
    return ContainerState{textAt(answer, "status"), pid->get<std::int64_t>(), textAt(answer, "bundle")};
}

base::Status deleteContainer(const RuntimeCall& call, const std::string& id) {
    os::Command command = commandFor(call, id, {"delete", "--force", id});
    command.stop = {};
    const auto finished = os::runCommand(command);
    if (!finished) {
        return std::unexpected(finished.error());
    }
    return finished->exitCode == 0 ? base::Status{}
                                   : base::fail(ErrorKind::io, complaintOf(call, id, finished->exitCode));
}

} // namespace bulkhead::engines
