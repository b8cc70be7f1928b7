#include "core/claims/compose_files.h"

#include "core/base/bytes.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace bulkhead::claims {

namespace fs = std::filesystem;

base::Result<std::string> readBeneath(const fs::path& folder, const fs::path& file, std::size_t limit) {
    std::error_code error;
    const fs::path top = fs::canonical(folder, error);
    if (error) {
        return base::failErrno(error.value(), folder.string());
    }
    const fs::path real = fs::canonical(file, error);
    if (error) {
        return base::failErrno(error.value(), file.string());
    }
    if (std::mismatch(top.begin(), top.end(), real.begin(), real.end()).first != top.end()) {
        return base::fail(
            base::ErrorKind::denied, base::textFromBytes(file.string()) +
                                         ": not read: it lies outside the document's folder " +
                                         base::textFromBytes(top.string()));
    }
    const auto opened = os::openAt(AT_FDCWD, real.string(), O_NOFOLLOW | O_NONBLOCK);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    struct stat info{};
    if (::fstat(opened->get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return base::fail(
            base::ErrorKind::malformed, base::textFromBytes(file.string()) + ": not a regular file");
    }
    return os::readAll(*opened, base::textFromBytes(file.string()), limit);
}

base::Result<const Node*> onlyDocument(const std::vector<Node>& documents, std::string_view file) {
    const Node* only = nullptr;
    for (const Node& document : documents) {
        if (document.isNull()) {
            continue;
        }
        if (only != nullptr) {
            return std::unexpected(
                errorAt(file, document, "", "a second document; Bulkhead reads one from a Compose file"));
        }
        only = &document;
    }
    if (only == nullptr || !only->isMap()) {
        return std::unexpected(errorAt(file, {}, "", "no document of Compose: expected a map"));
    }
    return only;
}

base::Status ComposeFiles::open(const std::string& file) {
    std::error_code error;
    m_folder = fs::absolute(file, error).parent_path();
    m_variables = readEnvironment();
    const fs::path beside = m_folder / ".env";
    if (!fs::exists(beside, error)) {
        return {};
    }
    const auto text = readBeneath(m_folder, beside);
    if (!text) {
        return std::unexpected(text.error());
    }
    auto all = parseDotEnv(*text, beside.string(), std::move(m_variables));
    if (!all) {
        return std::unexpected(all.error());
    }
    m_variables = std::move(*all);
    return {};
}

base::Result<const ComposeDocument*> ComposeFiles::take(Node root, const std::string& file) {
    ComposeDocument document;
    document.file = file;
    std::error_code error;
    document.folder = fs::absolute(file, error).parent_path();
    document.root = std::move(root);
    Node& top = document.root;
    for (std::size_t i = 0; i < top.items.size(); ++i) {
        const std::string key = base::textFromBytes(top.keys[i].text);
        const bool services = key == "services" && top.items[i].isMap();
        const std::size_t parts = services ? top.items[i].items.size() : 1;
        for (std::size_t j = 0; j < parts; ++j) {
            Node& part = services ? top.items[i].items[j] : top.items[i];
            const std::string name = services ? top.items[i].keys[j].text : "";
            const std::string path = services ? key + "." + base::textFromBytes(name) : key;
            auto& notes = services ? document.notesOfServices[name] : document.notes;
            if (const auto done = substituteIn(part, path, file, m_variables, notes, m_room); !done) {
                return std::unexpected(done.error());
            }
        }
    }
    return &m_documents
                .insert_or_assign(fs::absolute(file, error).lexically_normal().string(), std::move(document))
                .first->second;
}

base::Result<const ComposeDocument*>
ComposeFiles::openOther(const fs::path& folder, const std::string& name) {
    const fs::path path = (folder / name).lexically_normal();
    if (const auto known = m_documents.find(path.string()); known != m_documents.end()) {
        return &known->second;
    }
    const auto text = readBeneath(m_folder, path, kMaxYamlDocumentSize);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto documents = parseNodes(*text, path.string());
    if (!documents) {
        return std::unexpected(documents.error());
    }
    const auto only = onlyDocument(*documents, path.string());
    if (!only) {
        return std::unexpected(only.error());
    }
    return take(**only, path.string());
}

} // namespace bulkhead::claims
