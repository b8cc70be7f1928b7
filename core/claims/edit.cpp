#include "core/claims/edit.h"

#include "core/base/bytes.h"
#include "core/claims/edit_forms.h"
#include "core/claims/import.h"
#include "core/claims/node_edit.h"
#include "core/claims/run_line.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::claims {

namespace {

using Documents = std::vector<Node>;

bool looksLikeScenario(const Documents& documents) {
    return documents.size() == 1 && documents.front().isMap() && documents.front().find("name") != nullptr &&
           documents.front().find("title") != nullptr && documents.front().find("order") != nullptr;
}

bool isJson(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

base::Result<ConfigForm> formOfDocuments(const Documents& documents, const std::string& file) {
    if (looksLikeOci(documents)) {
        return ConfigForm::oci;
    }
    if (looksLikeKubernetes(documents)) {
        return ConfigForm::kubernetes;
    }
    if (looksLikeCompose(documents)) {
        return ConfigForm::compose;
    }
    if (looksLikeScenario(documents)) {
        return ConfigForm::scenario;
    }
    return base::fail(
        base::ErrorKind::unsupported,
        file + ": no configuration that can be changed and started again; that are an OCI config.json, "
               "Kubernetes, Compose, a line of docker run or podman run, and a scenario of the lab");
}

bool isPodman(const std::vector<std::string>& words) {
    const auto program = std::ranges::find_if(words, [](const std::string& word) {
        const std::string name = word.substr(word.rfind('/') + 1);
        return name == "docker" || name == "podman";
    });
    return program != words.end() && program->ends_with("podman");
}

/// A word as a shell takes it back.
std::string shellWord(const std::string& word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
        return word;
    }
    std::string out = "'";
    for (const char c : word) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

/// What must hold outside the document for a change to be what it says.
struct Condition {
    ConfigForm form;
    ChangeKind kind;
    std::string_view object;
    std::string_view note;
};

constexpr auto kConditions = std::to_array<Condition>({
    // kubernetes.io, User Namespaces
    {ConfigForm::kubernetes, ChangeKind::ownNamespace, "user",
     "hostUsers: false is for Kubernetes 1.33 and later, or 1.30 with the feature gate "
     "UserNamespacesSupport, "
     "with containerd 2.0 or CRI-O, runc 1.2 or crun 1.9, and Linux 6.3; a cluster without it drops the "
     "field "
     "and starts the Pod in the host's user namespace"},
    // podman-run(1) --userns
    {ConfigForm::podman, ChangeKind::ownNamespace, "user",
     "--userns=auto takes ids of the user named containers in /etc/subuid and /etc/subgid, which must be "
     "there; "
     "files of the host in volumes belong to nobody inside"},
    {ConfigForm::oci, ChangeKind::ownNamespace, "user",
     "inside the user namespace the root file system belongs to nobody until its files are given ids from "
     "200000 on"},
});

void addConditions(std::span<const ChangeAsk> changes, ConfigForm form, EditedDocument& out) {
    for (const Condition& one : kConditions) {
        const ChangeAsk meant{one.kind, std::string(one.object)};
        if (one.form == form && std::ranges::find(changes, meant) != changes.end()) {
            out.notes.emplace_back(one.note);
        }
    }
}

base::Result<EditedDocument>
editRunLine(std::string_view text, const std::string& file, std::span<const ChangeAsk> changes) {
    auto commands = runCommands(text, file);
    if (!commands) {
        return std::unexpected(commands.error());
    }
    if (commands->size() > 1) {
        return base::fail(
            base::ErrorKind::unsupported,
            file + ": holds several commands that run a container; give the one to be changed alone");
    }
    Words& words = commands->front();
    const std::size_t options = findRun(words)->options;
    if (const auto hidden = optionsOfShell(words, options)) {
        return base::fail(
            base::ErrorKind::unsupported, file + ": " + base::textFromBytes(*hidden) +
                                              " stands among the options; write what the shell puts there");
    }
    for (const ChangeAsk& change : changes) {
        if (const auto made = editRunWords(words, options, change); !made) {
            return std::unexpected(made.error().in(file));
        }
    }
    EditedDocument out;
    for (const std::string& word : words) {
        out.text += (out.text.empty() ? "" : " ") + shellWord(word);
    }
    out.text += "\n";
    if (text.contains('#') || text.contains('\\')) {
        out.notes.emplace_back("comments and line breaks are not kept");
    }
    if (text.find_first_of("|&;<>") != std::string_view::npos) {
        out.notes.emplace_back("only the command that runs the container is kept, without redirections");
    }
    if (text.find_first_of("$`~") != std::string_view::npos) {
        out.notes.emplace_back(
            "variables of the shell and ~ are quoted and stand for themselves: write their values");
    }
    addConditions(changes, isPodman(words) ? ConfigForm::podman : ConfigForm::docker, out);
    return out;
}

/// A document that is edited, and where it shall run.
struct Edited {
    Documents& documents;
    ConfigForm form;
    std::string_view subject;
    const Ground& ground;
};

/// The part of a document that is the container's, and what makes one change in it.
base::Status editPart(const Edited& edited, const ChangeAsk& change) {
    Documents& documents = edited.documents;
    const std::string_view subject = edited.subject;
    switch (edited.form) {
    case ConfigForm::oci:
        return editOci(documents.front(), change, edited.ground);
    case ConfigForm::scenario:
        return editScenario(documents.front(), change);
    case ConfigForm::compose: {
        Node* services = valueAt(documents.front(), "services");
        Node* service = services == nullptr ? nullptr : valueAt(*services, subject);
        if (service == nullptr) {
            return base::fail(
                base::ErrorKind::notFound, "no service is named " + base::textFromBytes(subject));
        }
        return editComposeService(*service, change);
    }
    default: {
        const auto place = findContainer(documents, subject);
        if (!place) {
            return base::fail(
                base::ErrorKind::notFound, "no container is named " + base::textFromBytes(subject));
        }
        return editKubernetes(*place, change);
    }
    }
}

} // namespace

std::string_view defaultLimit(std::string_view resource) {
    return resource == "pids" ? "512" : resource == "memory" ? "1073741824" : "1000";
}

std::string shortCapability(std::string_view name) {
    return std::string(name.substr(name.starts_with("CAP_") ? 4 : 0));
}

bool sameCapability(std::string_view left, std::string_view right) {
    const auto upper = [](std::string_view text) {
        std::string out(text);
        std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
        return shortCapability(out);
    };
    return upper(left) == upper(right);
}

base::Error cannotSay(std::string_view form, std::string_view what) {
    return {
        base::ErrorKind::unsupported, std::string(form) + " has no way to say: " + base::textFromBytes(what)};
}

base::Result<ConfigForm> formOf(std::string_view text, const std::string& file) {
    if (looksLikeRunLine(text)) {
        const auto commands = runCommands(text, file);
        return commands && isPodman(commands->front()) ? ConfigForm::podman : ConfigForm::docker;
    }
    const auto documents = parseNodes(text, file);
    if (!documents) {
        return std::unexpected(documents.error());
    }
    return formOfDocuments(*documents, file);
}

base::Result<EditedDocument> editDocument(
    std::string_view text, const std::string& file, std::string_view subject,
    std::span<const ChangeAsk> changes, const Ground& ground) {
    if (looksLikeRunLine(text)) {
        return editRunLine(text, file, changes);
    }
    auto documents = parseNodes(text, file);
    if (!documents) {
        return std::unexpected(documents.error());
    }
    std::erase_if(*documents, [](const Node& document) { return document.isNull(); });
    const auto form = formOfDocuments(*documents, file);
    if (!form) {
        return std::unexpected(form.error());
    }
    for (const ChangeAsk& change : changes) {
        if (const auto made = editPart({*documents, *form, subject, ground}, change); !made) {
            return std::unexpected(made.error().in(file));
        }
    }
    EditedDocument out;
    if (isJson(text)) {
        out.text = writeJsonNode(documents->front());
    } else {
        out.text = writeYamlNodes(*documents);
        out.notes.emplace_back("comments, anchors and the layout of the YAML are not kept; its values are");
    }
    addConditions(changes, *form, out);
    return out;
}

} // namespace bulkhead::claims
