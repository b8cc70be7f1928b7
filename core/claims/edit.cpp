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

base::Result<EditedDocument>
editRunLine(std::string_view text, const std::string& file, std::span<const ChangeAsk> changes) {
    auto words = shellWords(text, file);
    if (!words) {
        return std::unexpected(words.error());
    }
    const auto options = placeOfOptions(*words);
    if (!options) {
        return base::fail(base::ErrorKind::malformed, file + ": expected docker run or podman run");
    }
    for (const ChangeAsk& change : changes) {
        if (const auto made = editRunWords(*words, *options, change); !made) {
            return std::unexpected(made.error().in(file));
        }
    }
    EditedDocument out;
    for (const std::string& word : *words) {
        out.text += (out.text.empty() ? "" : " ") + shellWord(word);
    }
    out.text += "\n";
    if (text.contains('#') || text.contains('\\')) {
        out.notes.emplace_back("comments and line breaks are not kept");
    }
    return out;
}

/// The part of a document that is the container's, and what makes one change in it.
base::Status
editPart(Documents& documents, ConfigForm form, std::string_view subject, const ChangeAsk& change) {
    switch (form) {
    case ConfigForm::oci:
        return editOci(documents.front(), change);
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
        const auto words = shellWords(text, file);
        const bool podman = words && std::ranges::any_of(words->begin(), words->end(), [](const auto& word) {
                                return word == "podman" || word.ends_with("/podman");
                            });
        return podman ? ConfigForm::podman : ConfigForm::docker;
    }
    const auto documents = parseNodes(text, file);
    if (!documents) {
        return std::unexpected(documents.error());
    }
    return formOfDocuments(*documents, file);
}

base::Result<EditedDocument> editDocument(
    std::string_view text, const std::string& file, std::string_view subject,
    std::span<const ChangeAsk> changes) {
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
        if (const auto made = editPart(*documents, *form, subject, change); !made) {
            return std::unexpected(made.error().in(file));
        }
    }
    if (isJson(text)) {
        return EditedDocument{writeJsonNode(documents->front()), {}};
    }
    EditedDocument out{writeYamlNodes(*documents), {}};
    out.notes.emplace_back("comments, anchors and the layout of the YAML are not kept; its values are");
    return out;
}

} // namespace bulkhead::claims
