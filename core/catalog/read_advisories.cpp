#include "core/catalog/advisory.h"
#include "core/catalog/yaml_reader.h"

namespace bulkhead::catalog {

namespace {

Advisory readAdvisory(YamlReader& in, std::string_view fileName) {
    in.allowOnly({"id", "product", "title", "affected", "packages", "sources"});
    Advisory out;
    out.id = in.requiredText("id");
    out.product = in.word("product", {"kernel", "runc", "crun", "containerd", "docker", "podman", "crio"});
    out.title = in.requiredText("title");
    for (YamlReader& entry : in.maps("affected")) {
        entry.allowOnly({"from", "fixed"});
        out.affected.push_back({entry.text("from", ""), entry.requiredText("fixed")});
        in.take(entry);
    }
    for (YamlReader& entry : in.maps("packages")) {
        entry.allowOnly({"distro", "fixed", "flavour"});
        out.packages.push_back(
            {entry.requiredText("distro"), entry.requiredText("fixed"), entry.text("flavour", "")});
        in.take(entry);
    }
    out.sources = in.texts("sources");
    if (out.affected.empty()) {
        in.refuse(in.node(), "affected", "at least one range of versions is expected");
    }
    if (out.sources.empty()) {
        in.refuse(in.node(), "sources", "at least one source is expected");
    }
    out.file = fileName;
    out.line = in.node().line;
    return out;
}

} // namespace

base::Result<std::vector<Advisory>> parseAdvisories(std::string_view yaml, std::string_view fileName) {
    const auto tree = parseYamlTree(yaml, fileName);
    if (!tree) {
        return std::unexpected(tree.error());
    }
    YamlReader in(*tree, fileName);
    in.allowOnly({"advisories"});
    std::vector<Advisory> out;
    for (YamlReader& entry : in.maps("advisories")) {
        out.push_back(readAdvisory(entry, fileName));
        in.take(entry);
    }
    if (out.empty()) {
        in.refuse(*tree, "advisories", "a list with at least one entry is expected");
    }
    if (in.problem()) {
        return std::unexpected(*in.problem());
    }
    return out;
}

} // namespace bulkhead::catalog
