#include "core/claims/run_line.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace bulkhead::claims {

namespace {

// Options of docker-run(1) and podman-run(1) that no fact holds, so that the words of a line are told apart.

bool pass(Claim& /*claim*/, const std::string& /*value*/, const model::Evidence& /*from*/) {
    return true;
}

/// It bears on the boundary, and what it does there is not resolved.
bool report(Claim& claim, const std::string& /*value*/, const model::Evidence& from) {
    claim.notUnderstood.push_back(from.source);
    return true;
}

/// Nothing but the program, its names, its output, its health and its neighbours; or a share of what is
/// scarce.
constexpr auto kPlain = std::to_array<std::string_view>({
    "-a",
    "--add-host",
    "--arch",
    "--attach",
    "--authfile",
    "--blkio-weight",
    "--blkio-weight-device",
    "--cert-dir",
    "--cgroup-parent",
    "-c",
    "--cidfile",
    "--conmon-pidfile",
    "--cpu-shares",
    "--cpuset-cpus",
    "--cpuset-mems",
    "--creds",
    "--detach-keys",
    "--device-read-bps",
    "--device-read-iops",
    "--device-write-bps",
    "--device-write-iops",
    "--dns",
    "--dns-opt",
    "--dns-option",
    "--dns-search",
    "--domainname",
    "--entrypoint",
    "--env-merge",
    "--expose",
    "--group-entry",
    "-h",
    "--health-cmd",
    "--health-interval",
    "--health-on-failure",
    "--health-retries",
    "--health-start-interval",
    "--health-start-period",
    "--health-startup-cmd",
    "--health-startup-interval",
    "--health-startup-retries",
    "--health-startup-success",
    "--health-startup-timeout",
    "--health-timeout",
    "--hostname",
    "--hosts-file",
    "--init-path",
    "--ip",
    "--ip6",
    "--isolation",
    "-l",
    "--label",
    "--label-file",
    "--link",
    "--link-local-ip",
    "--log-driver",
    "--log-opt",
    "--mac-address",
    "--memory-reservation",
    "--memory-swappiness",
    "--network-alias",
    "--os",
    "--passwd-entry",
    "--personality",
    "--pidfile",
    "--platform",
    "--pull",
    "--requires",
    "--restart",
    "--retry",
    "--retry-delay",
    "--sdnotify",
    "--stop-signal",
    "--stop-timeout",
    "--storage-opt",
    "--timeout",
    "--tz",
    "--umask",
    "--unsetenv",
    "--variant",
    "-w",
    "--workdir",
});

constexpr auto kPlainFlags = std::to_array<std::string_view>({
    "-d",
    "--detach",
    "--disable-content-trust",
    "-i",
    "--interactive",
    "--no-healthcheck",
    "--no-hostname",
    "--no-hosts",
    "-q",
    "--quiet",
    "--replace",
    "--rm",
    "--rmi",
    "--sig-proxy",
    "-t",
    "--tls-verify",
    "--tty",
    "--unsetenv-all",
    "--passwd",
});

constexpr auto kReported = std::to_array<std::string_view>({
    "--cgroup-conf",      "--cgroups",        "--chrootdirs",     "--cpu-rt-period",
    "--cpu-rt-runtime",   "--decryption-key", "--gpus",           "--hostuser",
    "--image-volume",     "--kernel-memory",  "--memory-swap",    "--preserve-fd",
    "--preserve-fds",     "--rdt-class",      "--seccomp-policy", "--secret",
    "--shm-size-systemd", "--subgidname",     "--subuidname",     "--systemd",
    "--volume-driver",
});

constexpr auto kReportedFlags = std::to_array<std::string_view>(
    {"--env-host", "--http-proxy", "--oom-kill-disable", "-P", "--publish-all", "--rootfs"});

} // namespace

std::vector<RunOption> otherRunOptions() {
    std::vector<RunOption> all;
    all.reserve(kPlain.size() + kPlainFlags.size() + kReported.size() + kReportedFlags.size());
    for (const std::string_view name : kPlain) {
        all.push_back({name, pass, false});
    }
    for (const std::string_view name : kPlainFlags) {
        all.push_back({name, pass, true});
    }
    for (const std::string_view name : kReported) {
        all.push_back({name, report, false});
    }
    for (const std::string_view name : kReportedFlags) {
        all.push_back({name, report, true});
    }
    return all;
}

namespace {

struct Given {
    std::string name;
    std::optional<std::string> value;
};

/// A word of options, which are apart already but for flags that say nothing.
Given givenIn(const std::string& word) {
    const bool longOne = word.starts_with("--");
    const auto equals = word.find('=');
    if (longOne && equals != std::string::npos) {
        return {word.substr(0, equals), word.substr(equals + 1)};
    }
    if (longOne || word.size() <= 2) {
        return {word, std::nullopt};
    }
    const std::string name = word.substr(0, 2);
    const auto known = std::ranges::find(runOptions(), std::string_view(name), &RunOption::name);
    const bool flags = known != runOptions().end() && known->isFlag && word[2] != '=';
    return {name, flags ? std::nullopt : std::optional(word.substr(word[2] == '=' ? 3 : 2))};
}

base::Error refused(const std::string& name, const std::string& what) {
    return {base::ErrorKind::malformed, name + ": " + what};
}

/// Takes the option at `at` into the claim, and moves on to the last word that belongs to it.
base::Status takeOption(const Words& words, std::size_t& at, const std::string& name, Claim& claim) {
    Given given = givenIn(words[at]);
    const auto known = std::ranges::find(runOptions(), std::string_view(given.name), &RunOption::name);
    if (known == runOptions().end()) {
        return std::unexpected(refused(
            name, "the option " + base::textFromBytes(given.name) +
                      " is not known, so that what follows it cannot be told from its value; leave it out, "
                      "with its value, where it does not matter"));
    }
    if (!given.value && !known->isFlag) {
        if (at + 1 >= words.size()) {
            return std::unexpected(refused(name, given.name + " has no value"));
        }
        given.value = words[++at];
    }
    const model::Evidence from{
        model::EvidenceKind::declared,
        base::textFromBytes(given.name + (given.value ? "=" + *given.value : "")), name, 0};
    if (!known->take(claim, given.value.value_or("true"), from)) {
        if (given.name != "--security-opt") {
            return std::unexpected(refused(name, from.source + ": not understood"));
        }
        claim.notUnderstood.push_back(from.source);
    }
    return {};
}

} // namespace

namespace {

/// Options of the engine's client, before "run", that decide what the container is.
void takeClientOptions(const Words& words, const RunPlace& place, const std::string& name, Claim& claim) {
    constexpr auto kTold = std::to_array<std::string_view>({"--module", "--hooks-dir", "--cgroup-manager"});
    for (std::size_t at = place.client; at + 1 < place.options; ++at) {
        const auto equals = words[at].find('=');
        const std::string option = words[at].substr(0, equals);
        const std::string value = equals != std::string::npos ? words[at].substr(equals + 1) : words[at + 1];
        const model::Evidence from{
            model::EvidenceKind::declared, base::textFromBytes(fmt::format("{}={}", option, value)), name, 0};
        if (option == "--runtime") {
            claim.runtime = value;
        } else if (std::ranges::find(kTold, option) != kTold.end()) {
            report(claim, value, from);
        }
    }
}

/// The options of a command from one of its words on, and its image.
class Command {
public:
    Command(const Words& words, const std::string& name, int ofShell = 0)
        : m_words(words), m_name(name), m_ofShell(ofShell) {}

    base::Status read(std::size_t at, Claim& claim) const {
        for (; at < m_words.size() && m_words[at].starts_with('-') && m_words[at] != "--"; ++at) {
            if (const auto taken = takeOption(m_words, at, m_name, claim); !taken) {
                return taken;
            }
        }
        const bool optionsEnd = at < m_words.size() && m_words[at] == "--";
        at += optionsEnd ? 1 : 0;
        if (at >= m_words.size()) {
            return std::unexpected(refused(m_name, "names no image"));
        }
        if (!optionsEnd && isOfShell(m_words[at]) && readBehindShell(at, claim)) {
            return {};
        }
        if (m_words[at].find_first_of("$`") != std::string::npos) {
            tell(
                at, "stands where the image does, and options that the shell puts there are not seen", claim);
        }
        claim.image.ref = base::textFromBytes(m_words[at]);
        return {};
    }

private:
    const Words& m_words;
    const std::string& m_name;
    int m_ofShell; ///< words before that the shell makes, and that were taken for options

    void tell(std::size_t at, const char* what, Claim& claim) const {
        claim.notUnderstood.push_back(base::textFromBytes(m_words[at]) + ": " + what);
    }

    /// "docker run $OPTIONS --privileged nginx": what the shell puts there is options, or nothing, where
    /// known options and an image follow.
    [[nodiscard]] bool readBehindShell(std::size_t at, Claim& claim) const {
        constexpr int kMost = 8; // each reads the line once more
        if (m_ofShell == kMost || at + 1 >= m_words.size() || !m_words[at + 1].starts_with('-')) {
            return false;
        }
        Words words = m_words;
        splitOptions(words, at + 1);
        Claim more = claim;
        if (!Command(words, m_name, m_ofShell + 1).read(at + 1, more)) {
            return false;
        }
        claim = std::move(more);
        tell(at, "taken for options, which are not seen", claim);
        return true;
    }
};

base::Result<model::Snapshot>
importCommand(const Words& words, const std::string& name, const ImportOptions& options) {
    const auto place = findRun(words);
    const std::string program = place->engine;
    const auto engine = chooseEngine(options.engine, program);
    if (!engine) {
        return std::unexpected(engine.error());
    }
    Claim claim;
    claim.whole = {model::EvidenceKind::declared, program + " run", name, 0};
    takeClientOptions(words, *place, name, claim);
    if (const auto read = Command(words, name).read(place->options, claim); !read) {
        return std::unexpected(read.error());
    }
    claim.name = claim.name.empty() ? claim.image.ref : claim.name;
    auto snapshot = resolveToSnapshot(claim, *engine, options.ground);
    // not the line itself: it may hold passwords, and be as long as it likes
    constexpr std::size_t kShown = 64;
    snapshot.subject.ref = "run:" + program + " run " + base::shortenMiddle(snapshot.subject.name, kShown);
    return snapshot;
}

} // namespace

base::Result<std::vector<model::Snapshot>>
importRunLine(std::string_view line, const std::string& name, const ImportOptions& options) {
    constexpr std::size_t kMost = 1UL << 20U;
    if (line.size() > kMost) {
        return std::unexpected(refused(name, "larger than " + std::to_string(kMost) + " bytes"));
    }
    const auto commands = runCommands(line, name);
    if (!commands) {
        return std::unexpected(commands.error());
    }
    constexpr std::size_t kMostCommands = 1000;
    if (commands->size() > kMostCommands) {
        return std::unexpected(refused(name, "more than " + std::to_string(kMostCommands) + " commands"));
    }
    std::vector<model::Snapshot> out;
    for (const Words& words : *commands) {
        auto one = importCommand(words, name, options);
        if (!one) {
            return std::unexpected(one.error());
        }
        out.push_back(std::move(*one));
    }
    return out;
}

} // namespace bulkhead::claims
