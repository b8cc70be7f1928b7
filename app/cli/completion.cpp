#include "app/cli/arguments.h"
#include "app/cli/output.h"

#include <array>

namespace bulkhead::cli {

namespace {

std::string verbNames() {
    std::string names;
    for (const Verb& verb : verbs()) {
        names += (names.empty() ? "" : " ") + std::string(verb.id);
    }
    return names;
}

std::string bashScript() {
    return "_bulkhead() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]}\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W \"" +
           verbNames() +
           " --help --version\" -- \"$current\"))\n"
           "    else\n"
           "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _bulkhead bulkhead\n";
}

std::string zshScript() {
    std::string text = "#compdef bulkhead\n_bulkhead() {\n    local -a verbs=(\n";
    for (const Verb& verb : verbs()) {
        text += "        '" + std::string(verb.id) + ":" + std::string(verb.title) + "'\n";
    }
    return text + "    )\n    if (( CURRENT == 2 )); then _describe verb verbs; else _files; "
                  "fi\n}\n_bulkhead \"$@\"\n";
}

std::string fishScript() {
    std::string text = "complete -c bulkhead -l help -d 'what it does'\n";
    for (const Verb& verb : verbs()) {
        text += "complete -c bulkhead -n __fish_use_subcommand -a " + std::string(verb.id) + " -d '" +
                std::string(verb.title) + "'\n";
    }
    return text;
}

/// roff(7), man macros.
std::string manualPage() {
    std::string text =
        ".TH BULKHEAD 1\n.SH NAME\nbulkhead \\- trust boundaries of Linux containers, side by side\n"
        ".SH SYNOPSIS\n.B bulkhead\n.I VERB\n.RI [ ARGUMENTS ]\n.SH VERBS\n";
    for (const Verb& verb : verbs()) {
        text += ".TP\n.B " + std::string(verb.id) + "\n" + std::string(verb.title) +
                ".\n.br\nExample: " + std::string(verb.example) + "\n";
    }
    return text + ".SH EXIT STATUS\n0 done; 1 a gate said no; 2 wrong usage; 3 an input is invalid; "
                  "4 this machine cannot do it; 130 interrupted.\n";
}

/// The forms by name.
struct Form {
    std::string_view id;
    std::string (*write)();
};

constexpr std::array kForms = {
    Form{"bash", bashScript}, Form{"zsh", zshScript}, Form{"fish", fishScript}, Form{"man", manualPage}};

} // namespace

Exit runCompletion(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> shells;
    Arguments options(verb);
    options.positional("SHELL", shells, "bash, zsh, fish; or man for the manual page", 1);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    for (const Form& form : kForms) {
        if (shells.size() == 1 && form.id == shells.front()) {
            return print(form.write()) ? Exit::done : Exit::machine;
        }
    }
    say("bulkhead: completion is for bash, zsh, fish or man");
    return Exit::usage;
}

} // namespace bulkhead::cli
