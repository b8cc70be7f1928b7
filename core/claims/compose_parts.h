#pragma once

#include "core/claims/claim.h"
#include "core/claims/compose_files.h"
#include "core/claims/fields.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace bulkhead::claims {

/// A project: what its document says beside its services.
struct ComposeProject {
    std::string name;
    ComposeFiles& files;
    const Node& root; ///< volumes, secrets, configs and networks that services name
};

/// A service being read: from which folder its paths go, of which project.
struct ComposeScope {
    const ComposeProject& project;
    std::filesystem::path folder;
    Claim& claim;
};

/// What a service says, over what its claim says already (of the service that it extends).
void readComposeService(Fields& service, const ComposeScope& scope);

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

/// "./x" and "~/x" as a path from the root; another stays as it is.
[[nodiscard]] std::string pathFrom(const ComposeScope& scope, const std::string& text);

/// Passes over what begins with "x-", which the specification leaves to everybody, and reports the rest.
void finishCompose(Fields& fields);

/// "services.web.gpus (line 7)", with a reason.
void notUnderstood(Reading& reading, const Node& at, const std::string& path, const std::string& why = "");

/// The items of a list, or the one text in its place.
[[nodiscard]] std::vector<const Node*> oneOrMany(Fields& fields, std::string_view key);

} // namespace bulkhead::claims
