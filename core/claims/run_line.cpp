#include "core/claims/run_line.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <optional>

namespace bulkhead::claims {

namespace {

using Words = std::vector<std::string>;

/// "docker run" or "podman run", past a prompt, sudo and global options; the place of the first option.
std::optional<std::size_t> findRun(const Words& words, std::string& engine) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string program = words[i].substr(words[i].rfind('/') + 1);
        if (program == "docker" || program == "podman") {
            engine = program;
        }
        if (!engine.empty() && (words[i] == "run" || words[i] == "create")) {
            return i + 1;
        }
    }
    return std::nullopt;
}

struct Given {
    std::string name;
    std::optional<std::string> value;
};

Given givenIn(const std::string& word) {
    const bool longOne = word.starts_with("--");
    const auto equals = word.find('=');
    if (longOne && equals != std::string::npos) {
        return {word.substr(0, equals), word.substr(equals + 1)};
    }
    const bool joined =
        !longOne && word.size() > 2 &&
        std::ranges::find(runOptions(), std::string_view(word), &RunOption::name) == runOptions().end();
    return joined ? Given{word.substr(0, 2), word.substr(word[2] == '=' ? 3 : 2)} : Given{word, std::nullopt};
}

base::Error refused(const std::string& name, const std::string& what) {
    return {base::ErrorKind::malformed, name + ": " + what};
}

/// Takes the option at `at` into the claim, and moves on to the last word that belongs to it.
base::Status takeOption(const Words& words, std::size_t& at, const std::string& name, Claim& claim) {
    Given given = givenIn(words[at]);
    const auto known = std::ranges::find(runOptions(), std::string_view(given.name), &RunOption::name);
    if (known == runOptions().end()) {
        return std::unexpected(refused(
            name, "the option " + base::textFromBytes(given.name) +
                      " is not known, so that what follows it cannot be told from its value"));
    }
    if (!given.value && !known->isFlag) {
        if (at + 1 >= words.size()) {
            return std::unexpected(refused(name, given.name + " has no value"));
        }
        given.value = words[++at];
    }
    const model::Evidence from{
        model::EvidenceKind::declared,
        base::textFromBytes(given.name + (given.value ? "=" + *given.value : "")), name, 0};
    if (!known->take(claim, given.value.value_or("true"), from)) {
        if (given.name != "--security-opt") {
            return std::unexpected(refused(name, from.source + ": not understood"));
        }
        claim.notUnderstood.push_back(from.source);
    }
    return {};
}

} // namespace

bool looksLikeRunLine(std::string_view text) {
    constexpr std::size_t kBeginning = 4096;
    const auto words = shellWords(text.substr(0, kBeginning), "");
    const auto isBefore = [](const std::string& word) {
        return word == "$" || word == "%" || word == "sudo" || (word.contains('=') && !word.contains(':'));
    };
    if (!words) {
        return false;
    }
    const auto first = std::ranges::find_if_not(*words, isBefore);
    std::string engine;
    const auto isEngine = [](const std::string& word) {
        const std::string program = word.substr(word.rfind('/') + 1);
        return program == "docker" || program == "podman";
    };
    return first != words->end() && isEngine(*first) && findRun(*words, engine).has_value();
}

base::Result<std::vector<model::Snapshot>>
importRunLine(std::string_view line, const std::string& name, const ImportOptions& options) {
    constexpr std::size_t kMost = 1UL << 20U;
    if (line.size() > kMost) {
        return std::unexpected(refused(name, "larger than " + std::to_string(kMost) + " bytes"));
    }
    const auto words = shellWords(line, name);
    if (!words) {
        return std::unexpected(words.error());
    }
    std::string program;
    const auto first = findRun(*words, program);
    if (!first) {
        return std::unexpected(refused(name, "expected docker run or podman run"));
    }
    const auto engine = chooseEngine(options.engine, program);
    if (!engine) {
        return std::unexpected(engine.error());
    }
    Claim claim;
    claim.whole = {model::EvidenceKind::declared, program + " run", name, 0};
    std::size_t at = *first;
    for (; at < words->size() && (*words)[at].starts_with('-') && (*words)[at] != "--"; ++at) {
        if (const auto taken = takeOption(*words, at, name, claim); !taken) {
            return std::unexpected(taken.error());
        }
    }
    at += at < words->size() && (*words)[at] == "--" ? 1 : 0;
    if (at >= words->size()) {
        return std::unexpected(refused(name, "names no image"));
    }
    claim.image.ref = base::textFromBytes((*words)[at]);
    claim.name = claim.name.empty() ? claim.image.ref : claim.name;
    std::vector<model::Snapshot> one;
    one.push_back(resolveToSnapshot(claim, *engine, options.ground));
    // not the line itself: it may hold passwords, and be as long as it likes
    constexpr std::size_t kShown = 64;
    one.front().subject.ref =
        "run:" + program + " run " + base::shortenMiddle(one.front().subject.name, kShown);
    return one;
}

} // namespace bulkhead::claims
