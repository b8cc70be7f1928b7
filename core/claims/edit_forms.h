#pragma once

#include "core/claims/edit.h"
#include "core/claims/node.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// What became of one change: made, or why this form cannot say it.
using EditStatus = base::Status;

/// One change made in a container's part of a document. By file.
[[nodiscard]] EditStatus editOci(Node& root, const ChangeAsk& change, const Ground& ground);
[[nodiscard]] EditStatus editScenario(Node& root, const ChangeAsk& change);
[[nodiscard]] EditStatus editComposeService(Node& service, const ChangeAsk& change);

/// A container of a Pod, with the Pod that it shares some settings with.
struct ContainerPlace {
    Node* pod = nullptr;
    Node* spec = nullptr;
    Node* container = nullptr;
};
/// The container that importKubernetes names so: "deployment/web/app".
[[nodiscard]] std::optional<ContainerPlace>
findContainer(std::vector<Node>& documents, std::string_view subject);
[[nodiscard]] EditStatus editKubernetes(ContainerPlace place, const ChangeAsk& change);

/// A word among the options of a run line that the shell makes: what it is, and where options end, nobody
/// knows.
[[nodiscard]] std::optional<std::string>
optionsOfShell(const std::vector<std::string>& words, std::size_t options);

/// The words of a run line with the change made; `options` is the place of the first one.
[[nodiscard]] EditStatus
editRunWords(std::vector<std::string>& words, std::size_t options, const ChangeAsk& change);

/// A capability without its prefix, as engines write it.
[[nodiscard]] std::string shortCapability(std::string_view name);
/// Whether two ways to write a capability mean the same: net_admin, CAP_NET_ADMIN; ALL is only itself.
[[nodiscard]] bool sameCapability(std::string_view left, std::string_view right);

[[nodiscard]] base::Error cannotSay(std::string_view form, std::string_view what);

} // namespace bulkhead::claims
