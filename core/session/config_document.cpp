#include "core/session/config_document.h"

#include "core/claims/ordinary.h"
#include "core/os/file.h"
#include "core/session/compose_reference.h"
#include "core/session/resources.h"

#include <filesystem>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;
using claims::ConfigForm;

namespace {

std::string fileOf(const std::string& reference) {
    std::error_code error;
    const auto hash = reference.rfind('#');
    return hash != std::string::npos && !fs::exists(reference, error) ? reference.substr(0, hash) : reference;
}

std::string_view engineOf(ConfigForm form) {
    return form == ConfigForm::podman ? "podman" : form == ConfigForm::kubernetes ? "containerd" : "docker";
}

} // namespace

base::Result<ConfigDocument> documentOf(const std::string& reference) {
    if (reference.starts_with("run:")) {
        return ConfigDocument{reference.substr(4), "run", false};
    }
    const auto project = readComposeReference(reference);
    if (project && project->files.size() > 1) {
        return base::fail(
            ErrorKind::unsupported, reference +
                                        ": --apply changes one file; name the one that is to be changed "
                                        "alone, or see the whole with docker compose config");
    }
    fs::path file = project ? project->files.front() : fileOf(reference);
    const bool scenario = reference.starts_with("lab:");
    if (scenario) {
        const auto folder = findDataFolder("scenarios");
        if (!folder) {
            return std::unexpected(folder.error());
        }
        file = *folder / reference.substr(4) / "scenario.yaml";
    }
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        return base::fail(
            ErrorKind::unsupported,
            reference + ": --apply changes a configuration file, a run line or a scenario of the lab; name "
                        "the file that this subject was made of");
    }
    auto text = os::readFile(file);
    if (!text) {
        return std::unexpected(text.error());
    }
    return ConfigDocument{std::move(*text), file.string(), scenario};
}

ConfigForm
formOf(const std::string& reference, const ConfigDocument* document, const model::Snapshot& snapshot) {
    if (readComposeReference(reference)) {
        return ConfigForm::compose;
    }
    if (document != nullptr && document->scenario) {
        return ConfigForm::scenario;
    }
    if (document != nullptr) {
        if (const auto form = claims::formOf(document->text, document->file)) {
            return *form;
        }
    }
    const std::string& engine = snapshot.subject.engine.name;
    return engine == "docker"                           ? ConfigForm::docker
           : engine == "podman"                         ? ConfigForm::podman
           : engine == "containerd" || engine == "crio" ? ConfigForm::kubernetes
                                                        : ConfigForm::oci;
}

OrdinaryContainer::OrdinaryContainer(ConfigForm form, const claims::Ground& ground)
    : m_container(claims::ordinaryContainer(engineOf(form), ground)) {
    if (const seccomp::Profile* filter = claims::ordinaryFilter(engineOf(form), ground)) {
        m_filter = *filter;
    }
}

} // namespace bulkhead::session
