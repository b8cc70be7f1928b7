#pragma once

#include "core/claims/boundary.h"
#include "core/claims/import.h"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// A device option: a node of the host and where it shall stand.
struct DeviceAsk {
    std::string onHost;
    std::string inside;
    std::string access = "rwm";
    model::Evidence from;
};

/// What a document asks of an engine, whatever its format: a fact for each option that it gives, unstated for
/// those that it leaves to the engine.
struct Claim {
    std::string name;
    std::string role;
    std::string group;
    std::string groupKind = "none";
    std::string id;
    model::ImageRef image;
    /// Where a runtime is named that may give the container a kernel of its own.
    std::optional<model::Unreadable> sandbox;
    std::string runtime;   ///< its program, where the document names it
    model::Evidence whole; ///< the container's place in the document

    model::Fact<bool> privileged;
    model::Fact<std::vector<std::string>> capAdd;
    model::Fact<std::vector<std::string>> capDrop;
    model::Fact<std::string> user;         ///< "1000:100"; empty: root, for those who know the image
    model::Fact<std::string> primaryGroup; ///< a group where the user is left to the image
    model::Fact<bool> nonRoot;             ///< the engine refuses to start as root
    model::Fact<std::vector<std::string>> groupAdd;
    model::Fact<bool> noNewPrivileges;
    model::Fact<bool> readOnlyRoot;
    model::Fact<std::string> seccomp; ///< "unconfined", "default", or JSON of a profile, or a file's name
    model::Fact<std::string> apparmor;
    model::Fact<std::string> selinux; ///< "disable", "type:..."
    model::Fact<bool> pathsOpen;      ///< systempaths=unconfined, unmask=ALL, procMount Unmasked
    model::Fact<std::vector<std::string>> maskedPaths; ///< the result, where the document has it
    model::Fact<std::vector<std::string>> readonlyPaths;
    std::vector<std::string> mask;     ///< Podman: masked besides, whatever else is asked
    std::vector<std::string> unmask;   ///< Podman: patterns of paths that its lists leave out
    model::Fact<bool> cgroupsWritable; ///< Docker: writable-cgroups
    std::map<model::NamespaceType, model::Fact<std::string>> namespaces; ///< "host", "private", "join(X)"
    model::Fact<model::IdMap> uidMap; ///< of the user namespace of its own, where the document says it
    model::Fact<model::IdMap> gidMap;
    std::vector<AskedMount> mounts;
    model::Fact<bool> init;          ///< the engine's own first process in front of the image's
    model::Fact<bool> readOnlyTmpfs; ///< Podman: tmpfs in a read-only root
    model::Fact<bool> engineFiles;   ///< resolv.conf, hostname and hosts are among the mounts already
    std::vector<DeviceAsk> devices;
    std::vector<std::pair<std::string, model::Evidence>> deviceRules;
    std::map<std::string, model::Fact<model::Limit>> limits;
    std::map<std::string, model::Fact<model::ResourceLimit>> rlimits;
    model::Fact<std::int64_t> oomScoreAdj;
    std::map<std::string, std::string> sysctls;
    model::Fact<std::vector<std::string>> publishedPorts;
    model::Fact<model::CapabilitySet> boundingResult; ///< where the document has the sets themselves
    model::Fact<model::CapabilitySet> effectiveResult;
    model::Fact<std::vector<std::string>> secretEnv; ///< names of variables that look like secrets
    bool environmentWhole = false;                   ///< the document has the image's variables too
    std::vector<std::string> alsoAsked;              ///< what no other fact holds: "service account web"
    std::vector<std::string> notUnderstood;
    /// What a part that nobody showed may add to a fact, by its path.
    std::map<std::string, model::Unreadable> notSeen;
};

/// How an engine's cap-add and cap-drop combine.
enum class CapabilityAlgebra {
    addWins, ///< Docker, Podman: a capability that is added and dropped is there
    dropWins ///< CRI: ALL first, then what is added, then what is dropped
};

/// What an engine does where nobody says otherwise: a row of the table of engines.
struct EngineDefaults {
    std::string_view name;
    std::string_view runtime;
    std::vector<std::string_view> capabilities;
    CapabilityAlgebra algebra = CapabilityAlgebra::addWins;
    bool prefixesNames = false;   ///< containerd: CAP_ goes before every name, "CAP_NET_RAW" too
    bool addedAreAmbient = false; ///< Podman: another user than root keeps what was added by name
    std::string_view filter;      ///< the profile it applies unasked; empty: none
    std::string_view apparmor;
    bool cgroupNamespaceAlways = false; ///< else only where cgroups are v2 alone
    bool privilegedIgnoresProfiles = false;
    std::optional<std::uint64_t> pids;
    std::string_view stand; ///< of which source the row is
};

/// nullptr for an engine that is not in the table.
[[nodiscard]] const EngineDefaults* findEngine(std::string_view name);
[[nodiscard]] std::string engineNames();

/// What settings of an engine, outside every document, make of the users of its containers.
enum class UserMapping : std::uint8_t {
    unsaid,
    rootful,  ///< root runs it, and it maps nobody
    remapped, ///< the daemon's userns-remap
    rootless, ///< an ordinary user runs it
};

/// "docker@20.10.24,rootless" apart.
struct EngineChoice {
    std::string name;
    std::string version;
    UserMapping users = UserMapping::unsaid;
    [[nodiscard]] int major() const; ///< a large number where no version is given: the table's own
    /// Of this release or a later one, as the table's own is; "2.0" stands for the newest of 2.0.
    [[nodiscard]] bool isSince(const std::array<int, 3>& release) const;
};
[[nodiscard]] base::Result<EngineChoice> chooseEngine(const std::string& asked, std::string_view otherwise);

[[nodiscard]] std::vector<std::string> maskedBy(const EngineChoice& engine, const Ground& ground);
[[nodiscard]] std::vector<std::string> readOnlyBy(const EngineChoice& engine);
/// The mounts every container gets; `open`: the kernel's file systems writable, as in privileged ones.
[[nodiscard]] std::vector<AskedMount> mountsBy(const EngineChoice& engine, bool open);

/// The boundary that the engine would build on this ground.
[[nodiscard]] Boundary resolve(const Claim& claim, const EngineChoice& engine, const Ground& ground);

/// The same as a declared snapshot.
[[nodiscard]] model::Snapshot
resolveToSnapshot(const Claim& claim, const EngineChoice& engine, const Ground& ground);

/// The capabilities that are left of the engine's after cap-add and cap-drop; names that do not exist are
/// added to `unknown`.
[[nodiscard]] model::CapabilitySet capabilitiesOf(
    const Claim& claim, const EngineDefaults& engine, const model::CapabilitySet& all,
    std::vector<std::string>& unknown);

/// Size suffixes of engines: "64m", "1.5g", "100". nullopt where it is no size.
[[nodiscard]] std::optional<std::uint64_t> bytesOf(std::string_view text);

/// "CONTAINER:HOST:LENGTH" of --uidmap and of podman inspect; a range of one where no length is said.
[[nodiscard]] std::optional<model::IdRange> parseIdRange(std::string_view text);

/// "SRC:DST:ro,z" of -v and Binds.
[[nodiscard]] std::optional<AskedMount> mountOfVolume(std::string_view text, const model::Evidence& from);

/// A source with a variable of the shell in it is a folder that the line does not say.
void tellShellSource(AskedMount& mount);

/// A tmpfs as --tmpfs asks for it, with the flags that engines add.
[[nodiscard]] AskedMount
tmpfsMount(const std::string& target, const std::string& options, const model::Evidence& from);

/// The options of --security-opt, into the claim; false where it is none that is known.
[[nodiscard]] bool takeSecurityOption(std::string_view option, const model::Evidence& from, Claim& claim);

/// A variable of the environment, "NAME=value" or "NAME": its name is kept where it looks like a secret's.
void takeVariable(Claim& claim, std::string_view assignment, const model::Evidence& from);

/// "host", "none", "container:X", "service:X", "ns:PATH", "private" as namespaces say them.
[[nodiscard]] std::string modeOf(std::string_view word);

} // namespace bulkhead::claims
