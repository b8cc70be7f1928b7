#pragma once

#include "core/claims/fields.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// A Pod, or the template of one, in the object that it stands in.
struct PodPlace {
    std::string name; ///< of the object, as references name it: "deployment/web"
    std::string path; ///< of the Pod's fields within the object: "spec.template"; empty for a Pod
    const Node* pod = nullptr;
};

/// The objects of all documents, those of Lists among them.
[[nodiscard]] std::vector<const Node*> kubernetesObjects(const std::vector<Node>& documents);

[[nodiscard]] std::string kindOfObject(const Node& object);

/// Whether objects of the kind describe a Pod: a Pod, Deployment, CronJob, ...
[[nodiscard]] bool isWorkload(std::string_view kind);

/// The value at the end of a way through maps; nullptr where there is none.
[[nodiscard]] const Node* nodeAt(const Node* node, std::initializer_list<std::string_view> way);
/// Its text; empty where there is none.
[[nodiscard]] std::string textAt(const Node* node, std::initializer_list<std::string_view> way);

/// The namespace that an object is in, and that a word for one means.
[[nodiscard]] std::string spaceOfObject(const Node& object);
[[nodiscard]] std::string spaceNamed(const std::string& given);

/// The names of the workloads among them: "pod/web", with the namespace ("pod/prod/web") where another of the
/// kind has the same name in another one.
[[nodiscard]] std::map<const Node*, std::string> namesOfWorkloads(const std::vector<const Node*>& objects);

/// The Pod of a workload. One that describes none is a problem of the reading. `around`, where given, is
/// called with the fields of each object that is passed on the way.
[[nodiscard]] std::optional<PodPlace>
findPod(const Node& object, Reading& reading, void (*around)(Fields& fields) = nullptr);

} // namespace bulkhead::claims
