#pragma once

#include "core/diagram/diagram.h"

#include <cstddef>
#include <vector>

namespace bulkhead::session {

/// Writes into each namespace which others of these subjects share it: of the enforced accounts those that
/// the kernel shows by its number, of the declared ones those that a Pod has in common, and those that a
/// container joins ("container:web", "service:db"). What is shared with the host is said by that fact alone.
/// `documents` says of each subject which reference named it: the Pods of two files are two, whatever their
/// names; without it all are of one.
void relateViews(std::vector<diagram::SubjectView>& subjects, const std::vector<std::size_t>& documents = {});

} // namespace bulkhead::session
