#pragma once

#include "core/diagram/diagram.h"

#include <map>
#include <string>
#include <vector>

namespace bulkhead::diagram {

/// Who is together in a namespace: the host and whoever joins it, or some of the subjects. Groups of the same
/// members are one, whatever the types, so that a pod is one group.
struct SharingGroup {
    bool host = false;
    std::vector<std::size_t> members;
    std::vector<model::NamespaceType> types;

    bool operator==(const SharingGroup&) const = default;
};

/// One namespace of one subject among those of the others.
struct SharingPlace {
    std::string identity;    ///< equal for those that are in it; empty where unknown
    int group = -1;          ///< counts in Sharing::groups; -1: none of the others is in it
    std::size_t members = 0; ///< of the subjects given, how many are in it
};

/// Which subjects are in the same namespaces: by the kernel's number where it is of this boot, else by what a
/// document or an engine says.
struct Sharing {
    std::map<model::NamespaceType, std::vector<SharingPlace>> places; ///< of each type one for each subject
    std::vector<SharingGroup> groups;
};

[[nodiscard]] Sharing buildSharing(const std::vector<SubjectView>& subjects, model::Vantage vantage);

/// "web-1, sidecar share net, ipc (pod web)".
[[nodiscard]] std::string
sharingSentence(const SharingGroup& group, const std::vector<SubjectView>& subjects, model::Vantage vantage);

/// The boxes over neighbouring columns that are in the same namespaces: a pod, containers that joined one
/// another. What is the host's is no box; columns that others part are boxes of their own.
[[nodiscard]] std::vector<SharedSpan>
buildSharedSpans(const Diagram& diagram, const std::vector<SubjectView>& subjects);

/// The line of each box where several stand over one column, counted from 0.
[[nodiscard]] std::vector<std::size_t> linesOf(const std::vector<SharedSpan>& spans);

} // namespace bulkhead::diagram
