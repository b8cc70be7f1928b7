// The fuzz target over documents as people write them, changed by a seed: bytes turned, lines doubled,
// dropped and exchanged between documents, values put in that importers read, ends cut off. With files in
// place of numbers, these files as they are.
//
// documents_driver COUNT SEED | documents_driver FILE...

#include "core/claims/import.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Random = std::mt19937_64;
using Lines = std::vector<std::string>;

std::string textOf(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void run(const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

/// Values that mean something to an importer, or ought not to.
constexpr const char* kValues[] = {
    "ALL",           "host",        "-1",          "0",         "null", "true",       "18446744073709551616",
    "1e309",         "service:web", "container:x", "{}",        "[]",   "[[1]]",      "!reset x",
    "!override [a]", "*a",          "&a b",        "<<",        "$X",   "${X:-${Y}}", "$$",
    "\"\"",          "unconfined",  "/a:/b:ro",    "\x01",      "\xff", "'",          "web:ro",
    "0x10",          "1000:100",    "64m",         "c 1:3 rwm",
};

Lines linesOf(const std::string& text) {
    Lines lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    return lines;
}

/// What stands after the colon of a line.
void replaceValue(std::string& line, Random& random) {
    const auto colon = line.find(": ");
    const std::string value = kValues[random() % std::size(kValues)];
    line = colon == std::string::npos ? line + value : line.substr(0, colon + 2) + value;
}

void changeLine(Lines& lines, const std::vector<std::string>& all, Random& random) {
    std::string& line = lines[random() % lines.size()];
    switch (random() % 7) {
    case 0:
        replaceValue(line, random);
        break;
    case 1:
        line = linesOf(all[random() % all.size()])[0];
        break;
    case 2:
        lines.push_back(line);
        break;
    case 3:
        line.insert(0, " ");
        break;
    case 4:
        line.clear();
        break;
    case 5:
        std::swap(line, lines[random() % lines.size()]);
        break;
    default:
        if (!line.empty()) {
            line[random() % line.size()] = static_cast<char>(random());
        }
        break;
    }
}

std::string changed(const std::vector<std::string>& all, Random& random) {
    Lines lines = linesOf(all[random() % all.size()]);
    for (std::uint64_t changes = random() % 6; changes > 0; --changes) {
        changeLine(lines, all, random);
    }
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    if (random() % 16 == 0) {
        text.resize(random() % (text.size() + 1));
    }
    return text;
}

std::vector<std::string> corpus() {
    std::vector<std::string> all;
    for (const char* folder :
         {"tests/fuzz/documents", "tests/fixtures/claims", "tests/fixtures/deployments"}) {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder)) {
            files.push_back(entry.path());
        }
        std::ranges::sort(files); // a seed shall give the same inputs everywhere
        for (const fs::path& file : files) {
            if (file.extension() != ".py") {
                all.push_back(textOf(file));
            }
        }
    }
    return all;
}

bool isNumber(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
}

} // namespace

int main(int count, char** words) {
    const std::vector<std::string> given(words + 1, words + count);
    if (given.empty() || !isNumber(given[0])) {
        std::ranges::for_each(given, [](const std::string& file) { run(textOf(file)); });
        return given.empty() ? 2 : 0;
    }
    Random random(given.size() > 1 ? std::strtoull(given[1].c_str(), nullptr, 10) : 1);
    const std::vector<std::string> all = corpus();
    std::ranges::for_each(all, run);
    std::size_t accepted = 0;
    const long inputs = std::strtol(given[0].c_str(), nullptr, 10);
    for (long i = 0; i < inputs; ++i) {
        const std::string text = changed(all, random);
        run(text);
        accepted += bulkhead::claims::importDocument(text, "input", {}).has_value() ? 1 : 0;
    }
    std::printf("%ld inputs, %zu of them documents that are read\n", inputs, accepted);
    return accepted * 5 < static_cast<std::size_t>(inputs) ? 1 : 0; // a corpus of refusals tests nothing
}
