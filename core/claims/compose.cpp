#include "core/base/bytes.h"
#include "core/claims/compose_parts.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::claims {

namespace {

constexpr int kMaxExtends = 16;

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

std::string nameOf(const ComposeDocument& document, const VariableMap& variables) {
    const auto given = variables.find("COMPOSE_PROJECT_NAME");
    if (given != variables.end() && !given->second.empty()) {
        return projectName(given->second);
    }
    const Node* name = document.root.find("name");
    return projectName(
        name != nullptr && !name->text.empty() ? name->text : document.folder.filename().string());
}

/// A service with what it extends, the extended one first.
class ServiceReader {
public:
    ServiceReader(const ComposeProject& project, Claim& claim) : m_project(&project), m_claim(&claim) {}

    void read(const ComposeDocument& document, const std::string& name, const Node& asked, Reading& reading) {
        const Node* services = document.root.find("services");
        const Node* found = services != nullptr && services->isMap() ? services->find(name) : nullptr;
        if (found == nullptr) {
            reading.refuse(
                asked, m_askedBy,
                "no service is named " + base::textFromBytes(name) + " in " + document.file);
            return;
        }
        if (++m_depth > kMaxExtends) {
            reading.refuse(
                asked, m_askedBy, "goes round in a circle, or deeper than " + std::to_string(kMaxExtends));
            return;
        }
        Fields service(*found, reading, "services." + base::textFromBytes(name));
        readExtended(document, service, reading);
        if (reading.problem) {
            return;
        }
        if (const auto notes = document.notesOfServices.find(name); notes != document.notesOfServices.end()) {
            std::ranges::copy(notes->second, std::back_inserter(reading.notUnderstood));
        }
        readComposeService(service, {*m_project, document.folder, *m_claim});
    }

private:
    void readExtended(const ComposeDocument& document, Fields& service, Reading& reading) {
        const Node* extends = service.find("extends");
        if (extends == nullptr) {
            return;
        }
        std::string name = extends->text;
        std::string file;
        if (extends->kind != Node::Kind::scalar) {
            Fields entry(*extends, reading, service.pathOf("extends"));
            name = entry.text("service").value_or("");
            file = entry.text("file").value_or("");
            finishCompose(entry);
        }
        m_askedBy = service.pathOf("extends");
        if (file.empty()) {
            read(document, name, *extends, reading);
            return;
        }
        const auto other = m_project->files.openOther(document.folder, file);
        if (!other) {
            reading.refuse(*extends, service.pathOf("extends.file"), other.error().message);
            return;
        }
        readFromOther(**other, name, *extends, reading);
    }

    /// Places and what was not understood are told of the file that they are of.
    void readFromOther(
        const ComposeDocument& document, const std::string& name, const Node& asked, Reading& reading) {
        Reading own;
        own.file = document.file;
        own.numbersAsText = true;
        const Node* services = document.root.find("services");
        if (services == nullptr || !services->isMap() || services->find(name) == nullptr) {
            reading.refuse(
                asked, m_askedBy,
                "no service is named " + base::textFromBytes(name) + " in " + document.file);
            return;
        }
        read(document, name, asked, own);
        for (const std::string& entry : own.notUnderstood) {
            reading.notUnderstood.push_back(document.file + ": " + entry);
        }
        if (own.problem && !reading.problem) {
            reading.problem = own.problem;
        }
    }

    const ComposeProject* m_project;
    Claim* m_claim;
    std::string m_askedBy;
    int m_depth = 0;
};

Claim readOne(
    const ComposeDocument& document, const ComposeProject& project, const std::string& name, const Node& at,
    Reading& reading) {
    Claim claim;
    claim.name = base::textFromBytes(name);
    claim.role = "app";
    claim.group = project.name;
    claim.groupKind = "compose";
    claim.whole = reading.from(at, "services." + claim.name);
    ServiceReader(project, claim).read(document, name, at, reading);
    claim.notUnderstood = std::move(reading.notUnderstood);
    reading.notUnderstood.clear();
    return claim;
}

std::vector<Claim>
readServices(const ComposeDocument& document, const ComposeProject& project, Reading& reading) {
    Fields top(document.root, reading);
    auto services = top.map("services");
    top.passOver({"version", "name", "networks", "volumes", "models", "secrets", "configs"});
    finishCompose(top);
    std::vector<std::string> ofTheFile = document.notes;
    std::ranges::move(reading.notUnderstood, std::back_inserter(ofTheFile));
    reading.notUnderstood.clear();
    std::vector<Claim> claims;
    if (!services) {
        return claims;
    }
    const Node& all = services->node();
    for (std::size_t i = 0; i < all.keys.size() && !reading.problem; ++i) {
        if (all.items[i].isMap() && all.items[i].find("provider") != nullptr) {
            ofTheFile.push_back(
                "services." + base::textFromBytes(all.keys[i].text) + ".provider (line " +
                std::to_string(all.keys[i].line) + "): a service that is no container");
            continue;
        }
        claims.push_back(readOne(document, project, all.keys[i].text, all.items[i], reading));
    }
    for (Claim& claim : claims) {
        std::ranges::copy(ofTheFile, std::back_inserter(claim.notUnderstood));
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
    const auto only = onlyDocument(documents, reading.file);
    if (!only) {
        return std::unexpected(only.error());
    }
    ComposeFiles files;
    if (const auto opened = files.open(reading.file); !opened) {
        return std::unexpected(opened.error());
    }
    const auto document = files.take(**only, reading.file);
    if (!document) {
        return std::unexpected(document.error());
    }
    reading.numbersAsText = true;
    const ComposeProject project{nameOf(**document, files.variables()), files, (*document)->root};
    const std::vector<Claim> claims = readServices(**document, project, reading);
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
