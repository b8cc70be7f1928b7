#pragma once

#include "core/claims/claim.h"
#include "core/claims/compose_files.h"
#include "core/claims/fields.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// A project: what its document says beside its services.
struct ComposeProject {
    std::string name;
    const ComposeFiles& files;
    const Node& root; ///< services, volumes, secrets, configs and networks that services name
};

/// The containers whose mounts a service takes over.
struct MountsFrom {
    std::string name;
    bool service = true; ///< of this project, else a container of the engine
    bool readOnly = false;
    const Node* at = nullptr;
};

/// A service being read, of which project.
struct ComposeScope {
    const ComposeProject& project;
    Claim& claim;
    std::vector<MountsFrom>& mountsFrom;
};

/// What a service says.
void readComposeService(Fields& service, const ComposeScope& scope);

/// The environment, as far as its names look like secrets.
void readComposeEnvironment(Fields& service, Claim& claim);

/// volumes, tmpfs, secrets, configs, devices, use_api_socket.
void readComposeMounts(Fields& service, const ComposeScope& scope);

/// The option of docker run that asks for the same, into the claim; false where it does not take the value.
[[nodiscard]] bool
takeAsOption(std::string_view option, const std::string& value, const model::Evidence& from, Claim& claim);

/// The same for the value of a field, refused at its place where the option does not take it.
void takeValue(
    Fields& fields, std::string_view key, const Node& at, std::string_view option, const std::string& value,
    Claim& claim);

/// An entry of the document's volumes, secrets, configs or networks; nullptr where there is none.
[[nodiscard]] const Node*
findDefined(const ComposeProject& project, std::string_view section, std::string_view name);

/// What a service names and its project lacks: Compose refuses that, unless the service is of a profile that
/// nobody asked for.
void tellUndefined(
    Fields& service, const Node& at, const std::string& field, std::string_view section,
    const std::string& name);

/// "./x" and "~/x" as a path from the root, by the folder of the file where it stands; another stays as it
/// is.
[[nodiscard]] std::string pathFrom(const ComposeScope& scope, const Node& at, const std::string& text);

/// Passes over what begins with "x-", which the specification leaves to everybody, and reports the rest.
void finishCompose(Fields& fields);

/// The items of a list, or the one text in its place.
[[nodiscard]] std::vector<const Node*> oneOrMany(Fields& fields, std::string_view key);

} // namespace bulkhead::claims
