#pragma once

#include "core/diagram/sharing.h"

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

/// Who is together in a namespace, with the letter that marks it in the table.
struct SharingGroup {
    QString letter;   ///< "H" is the host
    QString sentence; ///< "web-1, sidecar share net, ipc (pod web)"
};

/// The namespaces of several subjects: a row for each type, a cell for each subject.
struct NamespaceSharing {
    std::vector<std::vector<NamespaceCell>> rows;
    std::vector<SharingGroup> groups;
};

[[nodiscard]] NamespaceSharing
namespaceSharing(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage);

} // namespace bulkhead::models
