#include "app/probe/look.h"

#include "app/probe/copy_credentials.h"
#include "app/probe/tries.h"
#include "core/base/bytes.h"
#include "core/base/version.h"
#include "core/model/capability.h"
#include "core/model/protected_paths.h"
#include "core/os/file.h"
#include "core/wire/probe_calls.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace bulkhead::probe {

using wire::Try;

namespace {

struct Wanted {
    Try what;
    std::string path;
};

/// textFromBytes leaves nothing but quotes and backslashes to escape (RFC 8259, section 7).
std::string jsonText(std::string_view bytes) {
    std::string out = "\"";
    for (const char letter : base::textFromBytes(bytes)) {
        out += letter == '"' || letter == '\\' ? "\\" : "";
        out += letter;
    }
    return out + "\"";
}

template <class Numbers>
std::string listed(const Numbers& numbers, std::size_t count) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) {
        out += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
    }
    return out + "]";
}

std::string named(std::uint64_t mask) {
    std::string out = "[";
    for (const std::string& name : model::CapabilitySet(mask).sortedNames()) {
        out += (out.size() == 1 ? "" : ", ") + jsonText(name);
    }
    return out + "]";
}

/// A backslash and three octal digits are a byte (fs/seq_file.c).
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool octal =
            text[i] == '\\' && i + 3 < text.size() &&
            std::ranges::all_of(text.substr(i + 1, 3), [](char c) { return c >= '0' && c <= '7'; });
        if (!octal) {
            out += text[i];
            continue;
        }
        const int byte = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
        out += static_cast<char>(byte);
        i += 3;
    }
    return out;
}

/// Mount points of file systems that answer by themselves: behind the others a server may keep us waiting.
std::vector<std::string> mountPoints() {
    constexpr std::size_t kMost = 200;
    std::vector<std::string> out;
    const std::string text = os::readFile("/proc/self/mountinfo").value_or("");
    for (std::size_t at = 0; at < text.size() && out.size() < kMost;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = std::string_view(text).substr(at, end - at);
        at = end + 1;
        const auto dash = line.find(" - ");
        std::size_t field = 0;
        for (int i = 0; i < 4 && field != std::string_view::npos; ++i) {
            field = line.find(' ', field + 1);
        }
        if (dash == std::string_view::npos || field == std::string_view::npos) {
            continue;
        }
        const std::string_view type = line.substr(dash + 3, line.find(' ', dash + 3) - dash - 3);
        constexpr std::array<std::string_view, 7> kWaiting = {"fuse",   "nfs", "cifs", "smb",
                                                              "autofs", "9p",  "ceph"};
        if (std::ranges::none_of(kWaiting, [&](std::string_view kind) { return type.starts_with(kind); })) {
            out.push_back(unescaped(line.substr(field + 1, line.find(' ', field + 1) - field - 1)));
        }
    }
    return out;
}

std::vector<Wanted> everything() {
    std::vector<Wanted> out;
    for (const model::SensitivePath& one : model::sensitivePaths()) {
        out.push_back({Try::look, std::string(one.path)});
    }
    for (const wire::Knob& knob : wire::knobs()) {
        out.push_back({Try::knob, std::string(knob.path)});
    }
    for (const std::string_view device : wire::harmlessDevices()) {
        out.push_back({Try::device, std::string(device)});
    }
    for (const wire::KnownSocket& socket : wire::knownSockets()) {
        out.push_back({socket.speaksHttp ? Try::askVersion : Try::connect, std::string(socket.path)});
    }
    for (const std::string& mount : mountPoints()) {
        out.push_back({Try::write, mount});
    }
    // no packet socket: on a kernel without the family one would load a module
    for (const Try what :
         {Try::rawSocket, Try::newMount, Try::bpf, Try::keyring, Try::ptrace, Try::ioUring, Try::kernelLog,
          Try::loadModule, Try::unshareUser}) {
        out.push_back({what, ""});
    }
    return out;
}

std::string factsText(const wire::TwinFacts& facts) {
    return "{\"uid\": " + listed(facts.uid, 4) + ", \"gid\": " + listed(facts.gid, 4) + ", \"groups\": " +
           listed(facts.groups, std::min<std::size_t>(facts.groupCount, facts.groups.size())) +
           ",\n   \"effective\": " + named(facts.effective) +
           ",\n   \"permitted\": " + named(facts.permitted) +
           ",\n   \"inheritable\": " + named(facts.inheritable) +
           ",\n   \"bounding\": " + named(facts.bounding) + ",\n   \"ambient\": " + named(facts.ambient) +
           ",\n   \"noNewPrivileges\": " + (facts.noNewPrivileges != 0 ? "true" : "false") +
           ", \"filtered\": " + (facts.seccompMode != 0 ? "true" : "false") + "}";
}

std::string probeText(const Wanted& wanted, bool filtered) {
    std::string result = "skipped";
    int error = 0;
    if (!filtered) {
        const wire::ProbeAnswer answer = attempt(wanted.what, wanted.path.c_str());
        error = answer.error;
        result = model::nameOf(wire::resultOf(error));
    }
    return "{\"test\": " + jsonText(wire::kindOf(wanted.what).name) +
           ", \"target\": " + jsonText(wanted.path) + ", \"result\": " + jsonText(result) +
           ", \"errno\": " + std::to_string(error) + "}";
}

} // namespace

std::string lookAround() {
    const auto facts = std::make_unique<wire::TwinFacts>();
    readFacts(*facts);
    std::string out = "{\"program\": \"bulkhead-probe\", \"version\": " + jsonText(base::kVersion) +
                      ",\n \"facts\": " + factsText(*facts) + ",\n \"probes\": [";
    bool first = true;
    for (const Wanted& wanted : everything()) {
        out += (first ? "\n  " : ",\n  ") + probeText(wanted, facts->seccompMode != 0);
        first = false;
    }
    return out + "]}\n";
}

} // namespace bulkhead::probe
