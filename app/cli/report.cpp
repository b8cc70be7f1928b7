#include "app/cli/arguments.h"
#include "app/cli/images.h"
#include "app/cli/output.h"
#include "app/cli/result_file.h"
#include "core/os/file.h"
#include "core/report/lasting_text.h"
#include "core/session/resolve.h"
#include "core/session/write_report.h"

namespace bulkhead::cli {

Exit runReport(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    std::string out;
    std::string engine;
    std::vector<std::string> images;
    bool check = false;
    Arguments options(verb);
    options.positional("REF", references, "the subjects; the first is the baseline", 1);
    options.option("--out", out, "the file to write: .md, .mmd or .svg; - for Markdown on standard output");
    options.flag("--check", check, "write nothing; exit 1 where the file does not say what would be written");
    options.option("--as", engine, kAsHelp);
    options.list("--image", images, kImageHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (out.empty()) {
        say("bulkhead: --out FILE is required; its ending (.md, .mmd, .svg) chooses the form");
        return Exit::usage;
    }
    if (check && isStandardOutput(out)) {
        say("bulkhead: --check needs the file that it asks about; see bulkhead report --help");
        return Exit::usage;
    }
    std::vector<claims::KnownImage> known;
    if (const auto exit = takeImages(images, known)) {
        return *exit;
    }
    const auto subjects = session::resolveReferences(references, {engine, known});
    if (!subjects) {
        return report(subjects.error());
    }
    sayUnused(known, *subjects);
    const auto text = session::renderReport(*subjects, isStandardOutput(out) ? "report.md" : out);
    if (!text) {
        return text.error().kind == base::ErrorKind::unsupported
                   ? (say("bulkhead: " + text.error().message), Exit::usage)
                   : report(text.error());
    }
    if (check) {
        const auto present = os::readFile(out);
        const bool same = present && report::lastingText(*present) == report::lastingText(*text);
        say(same ? out + " is up to date" : out + " is stale: write it again without --check");
        return same ? Exit::done : Exit::gate;
    }
    const Exit written = writeResult(out, *text);
    if (written == Exit::done && !isStandardOutput(out)) {
        say("wrote " + out);
    }
    return written;
}

} // namespace bulkhead::cli
