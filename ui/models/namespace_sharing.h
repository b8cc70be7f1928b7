#pragma once

#include "core/diagram/diagram.h"

#include <QString>
#include <vector>

namespace bulkhead::models {

/// One namespace of one subject, as the table says it.
struct NamespaceCell {
    QString text;
    QString toolTip;
    QString identity; ///< boot and inode; empty where unknown
    bool gap = false;
    int group = -1; ///< counts in NamespaceSharing::groups; -1: nobody else of the columns is in it
};

/// Who is together in a namespace: the host and whoever joins it, or some of the columns. Groups of the same
/// members are one, whatever the types, so that a pod is one letter.
struct SharingGroup {
    QString letter; ///< "H" is the host
    std::vector<std::size_t> members;
    std::vector<std::string> types;
};

/// The namespaces of several subjects: a row for each type, a cell for each subject.
struct NamespaceSharing {
    std::vector<std::vector<NamespaceCell>> rows;
    std::vector<SharingGroup> groups;
};

[[nodiscard]] NamespaceSharing
namespaceSharing(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage);

/// "A: web-1 and sidecar share net, ipc".
[[nodiscard]] QString
sharingText(const SharingGroup& group, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::models
