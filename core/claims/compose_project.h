#pragma once

#include "core/claims/compose_files.h"
#include "core/claims/fields.h"

#include <map>
#include <string>
#include <vector>

namespace bulkhead::claims {

/// What the files of a project say together, and what was said of them beside it: variables that are not set.
struct ComposeModel {
    Node root;
    std::vector<std::string> notes;
    std::map<std::string, std::vector<std::string>, std::less<>> notesOfServices;
};

/// The project that a document makes with those merged over it: several documents of a file are merged as
/// several files are (compose-go does so), `extends` is written out file by file, what `include` names is
/// taken over where nothing contradicts it. Refusals stand in the reading, which learns the other files.
[[nodiscard]] ComposeModel loadProject(
    const std::vector<Node>& documents, const std::vector<std::string>& overrides, ComposeFiles& files,
    Reading& reading);

} // namespace bulkhead::claims
