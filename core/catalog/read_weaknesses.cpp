#include "core/catalog/catalogue_fields.h"
#include "core/catalog/parse_condition.h"
#include "core/catalog/weakness.h"
#include "core/os/file.h"

#include <algorithm>
#include <map>

namespace bulkhead::catalog {

namespace {

constexpr std::size_t kMaxFiles = 100;

/// A word of a closed set, or a refusal that lists it.
template <model::Named E>
E closedWord(YamlReader& in, std::string_view key, E otherwise) {
    const std::string word = in.requiredText(key);
    if (const auto value = model::valueNamed<E>(word)) {
        return *value;
    }
    std::string all;
    for (const auto& [value, name] : model::Names<E>::names) {
        all += all.empty() ? "" : ", ";
        all += name;
    }
    if (const YamlNode* node = in.find(key)) {
        in.refuse(*node, key, "one of " + all + " is expected");
    }
    return otherwise;
}

std::vector<Control> readControls(YamlReader& in) {
    std::vector<Control> out;
    for (YamlReader& entry : in.maps("controls")) {
        entry.allowOnly({"by", "measure"});
        out.push_back({closedWord(entry, "by", Enforcer::runtime), entry.requiredText("measure")});
        in.take(entry);
    }
    if (out.empty()) {
        in.refuse(in.node(), "controls", "at least one control is expected");
    }
    return out;
}

void checkKind(YamlReader& in, const Weakness& weakness) {
    const bool path = weakness.kind == WeaknessKind::path;
    if (path && (weakness.needs.empty() || weakness.gives.empty())) {
        in.refuse(in.node(), "kind", "a path needs and gives at least one authority each");
    }
    const bool silence = weakness.kind == WeaknessKind::blindness &&
                         weakness.gives == model::AttackAuthorities{model::AttackAuthority::noTrace};
    if (!path && !silence && !(weakness.needs.empty() && weakness.gives.empty())) {
        in.refuse(in.node(), "kind", "only a path needs and gives authorities, and blindness gives no-trace");
    }
}

Weakness readWeakness(YamlReader& in, std::string_view fileName) {
    in.allowOnly(
        {"id", "title", "kind", "stage", "when", "needs", "gives", "authority", "severity", "severity-reason",
         "stale-assumption", "on-call-signal", "note", "controls", "references"});
    Weakness out;
    out.id = in.requiredText("id");
    out.title = in.requiredText("title");
    out.kind = closedWord(in, "kind", WeaknessKind::hygiene);
    out.stage = readStage(in);
    out.when = readCondition(in, "when");
    out.needs = readAuthorities(in, "needs");
    out.gives = readAuthorities(in, "gives");
    out.authority = in.requiredText("authority");
    out.severity = closedWord(in, "severity", Severity::low);
    out.severityReason = in.requiredText("severity-reason");
    out.staleAssumption = in.requiredText("stale-assumption");
    out.onCallSignal = in.requiredText("on-call-signal");
    out.note = in.text("note", "");
    out.controls = readControls(in);
    out.references = readReferences(in);
    out.file = fileName;
    out.line = in.node().line;
    checkKind(in, out);
    return out;
}

/// Reads every FOLDER/*.yaml by name and hands its entries on.
template <class Entry>
base::Status readFolder(
    const std::filesystem::path& folder,
    base::Result<std::vector<Entry>> (*parse)(std::string_view, std::string_view), std::vector<Entry>& into) {
    auto names = os::listDirectory(folder, kMaxFiles);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::ranges::sort(*names);
    for (const std::string& name : *names) {
        if (!name.ends_with(".yaml")) {
            continue;
        }
        const auto text = os::readFile(folder / name, kMaxYamlSize);
        auto entries = text ? parse(*text, (folder / name).string()) : std::unexpected(text.error());
        if (!entries) {
            return std::unexpected(entries.error());
        }
        std::ranges::move(*entries, std::back_inserter(into));
    }
    return {};
}

/// The second entry of an id, null where each is alone.
template <class Entry>
const Entry* repeated(const std::vector<Entry>& entries) {
    std::map<std::string_view, const Entry*> seen;
    for (const Entry& entry : entries) {
        if (!seen.emplace(entry.id, &entry).second) {
            return &entry;
        }
    }
    return nullptr;
}

} // namespace

base::Result<std::vector<Weakness>> parseWeaknesses(std::string_view yaml, std::string_view fileName) {
    const auto tree = parseYamlTree(yaml, fileName);
    if (!tree) {
        return std::unexpected(tree.error());
    }
    YamlReader in(*tree, fileName);
    in.allowOnly({"weaknesses"});
    std::vector<Weakness> out;
    for (YamlReader& entry : in.maps("weaknesses")) {
        out.push_back(readWeakness(entry, fileName));
        in.take(entry);
    }
    if (out.empty()) {
        in.refuse(*tree, "weaknesses", "a list with at least one entry is expected");
    }
    if (in.problem()) {
        return std::unexpected(*in.problem());
    }
    return out;
}

base::Result<Catalogue> readCatalogue(const std::filesystem::path& resources) {
    Catalogue out;
    if (auto read = readFolder(resources / "weaknesses", &parseWeaknesses, out.weaknesses); !read) {
        return std::unexpected(read.error());
    }
    if (auto read = readFolder(resources / "advisories", &parseAdvisories, out.advisories); !read) {
        return std::unexpected(read.error());
    }
    if (out.weaknesses.empty() || out.weaknesses.size() > kMaxWeaknesses) {
        return base::fail(
            base::ErrorKind::malformed, (resources / "weaknesses").string() +
                                            ": between 1 and 1000 weaknesses are expected, there are " +
                                            std::to_string(out.weaknesses.size()));
    }
    if (const Weakness* twice = repeated(out.weaknesses)) {
        return failAt(twice->file, twice->line, "id", twice->id + " occurs twice");
    }
    if (const Advisory* twice = repeated(out.advisories)) {
        return failAt(twice->file, twice->line, "id", twice->id + " occurs twice");
    }
    return out;
}

} // namespace bulkhead::catalog
