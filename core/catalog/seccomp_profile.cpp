#include "core/catalog/seccomp_profile.h"

#include "core/catalog/yaml_reader.h"
#include "core/os/file.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace bulkhead::catalog {

namespace {

constexpr std::size_t kMaxProfiles = 1000;

constexpr std::uint64_t kMaxErrno = 4095; // seccomp(2): SECCOMP_RET_DATA of an errno is capped there

template <class Number>
bool parseWhole(std::string_view text, Number& out) {
    const bool hexadecimal = text.starts_with("0x");
    text.remove_prefix(hexadecimal ? 2 : 0);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), out, hexadecimal ? 16 : 10);
    return error == std::errc{} && end == text.data() + text.size();
}

/// "arg0 & 0x7e020000 == 0", "arg0 < 38", "arg0 == 8", "arg0 > 40": words divided by single spaces.
std::optional<ArgumentTest> parseArgument(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(std::move(word));
    }
    using Operator = ArgumentTest::Operator;
    ArgumentTest test;
    const bool masked = words.size() == 5 && words[1] == "&" && words[3] == "==";
    if ((!masked && words.size() != 3) || !words[0].starts_with("arg") ||
        !parseWhole(std::string_view(words[0]).substr(3), test.index) || test.index > 5) {
        return std::nullopt;
    }
    if (masked) {
        test.op = Operator::maskedEqual;
        return parseWhole(words[2], test.mask) && parseWhole(words[4], test.value) ? std::optional(test)
                                                                                   : std::nullopt;
    }
    const std::string_view symbol = words[1];
    test.op = symbol == "<" ? Operator::less : symbol == ">" ? Operator::greater : Operator::equal;
    const bool known = symbol == "<" || symbol == ">" || symbol == "==";
    return known && parseWhole(words[2], test.value) ? std::optional(test) : std::nullopt;
}

model::CapabilitySet readSet(YamlReader& in, std::string_view key) {
    model::CapabilitySet set;
    const std::vector<std::string> names = in.texts(key);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto capability = model::capabilityNamed(names[i]);
        if (!capability) {
            in.refuse(in.find(key)->items[i], key, "no capability is named " + names[i]);
            break;
        }
        set.add(*capability);
    }
    return set;
}

void readConditions(YamlReader& in, ProfileRule& rule) {
    rule.with = readSet(in, "with");
    rule.without = readSet(in, "without");
    rule.on = in.texts("on");
    rule.notOn = in.texts("notOn");
    if (const YamlNode* node = in.find("argument")) {
        rule.argument = parseArgument(in.text("argument", ""));
        if (!rule.argument) {
            in.refuse(*node, "argument", "expected such as arg0 < 38, arg0 == 8 or arg0 & 0xff == 0");
        }
    }
    if (const YamlNode* node = in.find("kernel")) {
        rule.kernel = parseKernelRelease(in.text("kernel", ""));
        if (!rule.kernel) {
            in.refuse(*node, "kernel", "expected a release such as \"4.8\"");
        }
    }
}

ProfileRule readRule(YamlReader& in) {
    in.allowOnly({"allow", "refuse", "errno", "argument", "with", "without", "on", "notOn", "kernel"});
    ProfileRule rule;
    rule.allow = in.find("refuse") == nullptr;
    rule.calls = in.texts(rule.allow ? "allow" : "refuse");
    rule.errorNumber = rule.allow ? 0 : static_cast<std::uint32_t>(in.requiredNumber("errno", kMaxErrno));
    if (rule.calls.empty() || (!rule.allow && in.find("allow") != nullptr)) {
        in.refuse(in.node(), "", "either allow or refuse, with a list of calls, is expected");
    }
    readConditions(in, rule);
    return rule;
}

void readArchitectures(YamlReader& in, SeccompProfile& profile) {
    if (auto map = in.map("architectures")) {
        for (const YamlNode& native : map->node().keys) {
            profile.architectures[native.text] = map->texts(native.text);
        }
        in.take(*map);
    }
}

} // namespace

std::optional<KernelRelease> parseKernelRelease(std::string_view text) {
    KernelRelease release;
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !parseWhole(text.substr(0, dot), release.major)) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(dot + 1);
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    return parseWhole(rest.substr(0, digits), release.minor) ? std::optional(release) : std::nullopt;
}

base::Result<SeccompProfile> parseSeccompProfile(std::string_view yaml, std::string_view fileName) {
    const auto tree = parseYamlTree(yaml, fileName);
    if (!tree) {
        return std::unexpected(tree.error());
    }
    YamlReader in(*tree, fileName);
    in.allowOnly({"profile", "source", "otherwise", "architectures", "always", "rules"});
    SeccompProfile profile;
    profile.name = in.requiredText("profile");
    profile.source = in.text("source", "");
    profile.otherwise = static_cast<std::uint32_t>(in.requiredNumber("otherwise", kMaxErrno));
    readArchitectures(in, profile);
    if (auto always = in.texts("always"); !always.empty()) {
        profile.rules.emplace_back().calls = std::move(always);
    }
    for (YamlReader& rule : in.maps("rules")) {
        profile.rules.push_back(readRule(rule));
        in.take(rule);
    }
    if (in.problem()) {
        return std::unexpected(*in.problem());
    }
    return profile;
}

base::Result<std::vector<std::string>> profileNames(const std::filesystem::path& folder) {
    const auto files = os::listDirectory(folder, kMaxProfiles);
    if (!files) {
        return std::unexpected(files.error());
    }
    std::vector<std::string> names;
    for (const std::string& file : *files) {
        if (const std::filesystem::path path(file); path.extension() == ".yaml") {
            names.push_back(path.stem().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

base::Result<SeccompProfile>
readSeccompProfile(const std::filesystem::path& folder, const std::string& name) {
    const auto file = folder / (name + ".yaml");
    const auto text = os::readFile(file, kMaxYamlSize);
    if (!text) {
        return std::unexpected(text.error().in("the seccomp profile " + name));
    }
    return parseSeccompProfile(*text, file.string());
}

} // namespace bulkhead::catalog
