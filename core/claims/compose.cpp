#include "core/base/bytes.h"
#include "core/claims/bounds.h"
#include "core/claims/compose_parts.h"
#include "core/claims/compose_project.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <utility>

namespace bulkhead::claims {

namespace {

bool isCompose(const Node& node) {
    return node.isMap() && node.find("services") != nullptr && node.find("kind") == nullptr &&
           node.find("apiVersion") == nullptr;
}

/// As Compose writes a project's name: lower-case letters, digits, "_" and "-", the first a letter or digit.
std::string projectName(const std::string& text) {
    std::string name;
    for (const char letter : text) {
        const auto c = static_cast<unsigned char>(letter);
        const bool sign = letter == '_' || letter == '-';
        if (std::isalnum(c) != 0 || (sign && !name.empty())) {
            name += static_cast<char>(std::tolower(c));
        }
    }
    return name;
}

std::string nameOf(const ComposeModel& model, const ComposeFiles& files) {
    const auto given = files.variables().find("COMPOSE_PROJECT_NAME");
    if (given != files.variables().end() && !given->second.empty()) {
        return projectName(given->second);
    }
    const Node* name = model.root.find("name");
    return projectName(
        name != nullptr && !name->text.empty() ? name->text : files.folder().filename().string());
}

/// A service that was read, and whose mounts it takes over.
struct Service {
    Claim claim;
    std::vector<MountsFrom> mountsFrom;
    bool busy = false;
};

Service
readOne(const ComposeModel& model, const ComposeProject& project, std::size_t index, Reading& reading) {
    const Node& services = *model.root.find("services");
    const std::string& name = services.keys[index].text;
    const Node& at = services.items[index];
    Service out;
    Claim& claim = out.claim;
    claim.name = base::textFromBytes(name);
    claim.role = "app";
    claim.group = project.name;
    claim.groupKind = "compose";
    claim.whole = reading.from(at, "services." + claim.name);
    if (const auto notes = model.notesOfServices.find(name); notes != model.notesOfServices.end()) {
        reading.notUnderstood = notes->second;
    }
    Fields service(at, reading, "services." + claim.name);
    readComposeService(service, {project, claim, out.mountsFrom});
    claim.notUnderstood = std::move(reading.notUnderstood);
    reading.notUnderstood.clear();
    return out;
}

/// Every service of a project, by name.
using Services = std::map<std::string, Service, std::less<>>;

/// Mounts of other services, under those of the service itself: engines take over whatever is bound or kept
/// in a volume (moby daemon/volumes.go, registerMountPoints), not what --tmpfs makes.
void takeMounts(Services& services, Service& service, Reading& reading, int depth) {
    constexpr int kMostDeep = 64;
    service.busy = true;
    for (const MountsFrom& from : std::exchange(service.mountsFrom, {})) {
        const auto found = services.find(from.name);
        if (found == services.end()) {
            continue; // no container: of a provider, or not read because of a problem before
        }
        Service& other = found->second;
        if (other.busy || depth > kMostDeep) {
            reading.refuse(*from.at, "volumes_from", "goes round in a circle");
            return;
        }
        takeMounts(services, other, reading, depth + 1);
        std::vector<AskedMount> mounts;
        for (AskedMount mount : other.claim.mounts) {
            const bool own = std::ranges::find(service.claim.mounts, mount.target, &AskedMount::target) !=
                             service.claim.mounts.end();
            const bool kept = mount.type == "bind" || mount.from.source.contains(".volumes[");
            if (kept && !own) {
                if (from.readOnly) {
                    mount.options.emplace_back("ro");
                }
                mounts.push_back(std::move(mount));
            }
        }
        std::ranges::move(mounts, std::back_inserter(service.claim.mounts));
    }
    service.busy = false;
}

std::vector<Claim> readServices(const ComposeModel& model, const ComposeProject& project, Reading& reading) {
    Fields top(model.root, reading);
    auto services = top.map("services");
    top.passOver({"version", "name", "networks", "volumes", "models", "secrets", "configs"});
    finishCompose(top);
    std::vector<std::string> ofTheFile = model.notes;
    std::ranges::move(reading.notUnderstood, std::back_inserter(ofTheFile));
    reading.notUnderstood.clear();
    std::vector<Claim> claims;
    if (!services) {
        return claims;
    }
    const Node& all = services->node();
    checkCount(all.keys.size(), all, reading);
    Services read;
    for (std::size_t i = 0; i < all.keys.size() && !reading.problem; ++i) {
        if (all.items[i].isMap() && all.items[i].find("provider") != nullptr) {
            const std::string path = "services." + base::textFromBytes(all.keys[i].text) + ".provider";
            reading.note(all.keys[i], path, "a service that is no container");
            std::ranges::move(reading.notUnderstood, std::back_inserter(ofTheFile));
            reading.notUnderstood.clear();
            continue;
        }
        read.emplace(all.keys[i].text, readOne(model, project, i, reading));
    }
    for (auto& [name, service] : read) {
        takeMounts(read, service, reading, 1);
    }
    ofTheFile = sharedNotes(std::move(ofTheFile));
    for (const Node& key : all.keys) {
        if (const auto found = read.find(key.text); found != read.end()) {
            claims.push_back(std::move(found->second.claim));
            std::ranges::copy(ofTheFile, std::back_inserter(claims.back().notUnderstood));
        }
    }
    return claims;
}

} // namespace

bool looksLikeCompose(const std::vector<Node>& documents) {
    return std::ranges::any_of(documents, isCompose);
}

base::Result<std::vector<model::Snapshot>>
importCompose(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options) {
    const auto engine = chooseEngine(options.engine, "docker");
    if (!engine) {
        return std::unexpected(engine.error());
    }
    reading.numbersAsText = true;
    reading.quotedNumbers = true;
    ComposeFiles files;
    const ComposeModel model = loadProject(documents, options.overrides, files, reading);
    if (reading.problem) {
        return std::unexpected(*reading.problem);
    }
    const ComposeProject project{nameOf(model, files), files, model.root};
    const std::vector<Claim> claims = readServices(model, project, reading);
    if (reading.problem) {
        return std::unexpected(*reading.problem);
    }
    if (claims.empty()) {
        return base::fail(
            base::ErrorKind::malformed, reading.file + ": describes no container: no service in services");
    }
    std::vector<model::Snapshot> out;
    out.reserve(claims.size());
    for (const Claim& claim : claims) {
        out.push_back(resolveToSnapshot(claim, *engine, options.ground));
    }
    return out;
}

} // namespace bulkhead::claims
