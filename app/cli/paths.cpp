#include "core/report/paths.h"

#include "app/cli/arguments.h"
#include "app/cli/images.h"
#include "app/cli/output.h"
#include "app/cli/result_file.h"
#include "core/session/attack_paths.h"
#include "core/session/load_judge.h"

#include <filesystem>

namespace bulkhead::cli {

namespace {

/// What `paths` was asked to do.
struct Request {
    session::PathsRequest paths;
    std::string format = "table";
    std::string apply;
    std::vector<std::string> images;
};

Exit applyCut(const Request& request, const threat::Judge& judge) {
    if (request.paths.references.size() != 1) {
        say("bulkhead: --apply takes one REF; see bulkhead paths --help");
        return Exit::usage;
    }
    const auto applied = session::applyCut(request.paths.references.front(), request.paths, judge);
    if (!applied) {
        return report(applied.error());
    }
    if (const Exit written = writeResult(request.apply, applied->text); written != Exit::done) {
        return written;
    }
    if (!isStandardOutput(request.apply)) {
        say("wrote " + request.apply);
    }
    for (const std::string& note : applied->notes) {
        say("note: " + note);
    }
    std::error_code error;
    const auto folder = std::filesystem::weakly_canonical(request.apply, error).parent_path();
    if (!applied->folder.empty() && folder != applied->folder) {
        say("note: Compose reads relative paths from the folder of its file, which was " +
            applied->folder.string() +
            "; use docker compose --project-directory with it, or move the file there");
    }
    for (const std::string& left : applied->left) {
        say("still open: " + left);
    }
    return applied->smaller ? Exit::done : Exit::gate;
}

} // namespace

Exit runPaths(const Verb& verb, std::span<const std::string> arguments) {
    Request request;
    Arguments options(verb);
    options.positional(
        "REF", request.paths.references, "one or more subjects; several in one file are all meant", 1);
    options.flag(
        "--cut", request.paths.cut, "the smallest set of changes that closes every path to the host");
    options.option(
        "--apply", request.apply,
        "with --cut: write the configuration with these changes made to this file, in its own format; - for "
        "standard output, and nothing else there");
    options.option("--format", request.format, "form of the result", {"table", "json", "mermaid"});
    options.option("--as", request.paths.engine, kAsHelp);
    options.list("--image", request.images, kImageHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (!request.apply.empty() && !request.paths.cut) {
        say("bulkhead: --apply needs --cut; see bulkhead paths --help");
        return Exit::usage;
    }
    if (const auto exit = takeImages(request.images, request.paths.images)) {
        return *exit;
    }
    const auto judge = session::loadJudge();
    if (!judge) {
        return report(judge.error());
    }
    request.paths.cut = request.paths.cut || request.format == "json"; // a part of its contract
    const auto subjects = session::findPaths(request.paths, *judge);
    if (!subjects) {
        return report(subjects.error());
    }
    if (request.format == "mermaid" && subjects->size() != 1) {
        say("bulkhead: one flowchart holds one subject; choose one by FILE#NAME");
        return Exit::usage;
    }
    if (isStandardOutput(request.apply)) {
        return applyCut(request, *judge); // standard output holds one document
    }
    const std::string text =
        request.format == "json" ? bulkhead::report::writePathsJson(*subjects)
        : request.format == "mermaid"
            ? bulkhead::report::writePathsMermaid(subjects->front())
            : bulkhead::report::writePaths(*subjects, terminalColumns(), {wantsColour()});
    if (!print(text)) {
        return Exit::machine;
    }
    return request.apply.empty() ? Exit::done : applyCut(request, *judge);
}

} // namespace bulkhead::cli
