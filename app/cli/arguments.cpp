#include "app/cli/arguments.h"

#include "app/cli/output.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace bulkhead::cli {

struct Arguments::Parser {
    CLI::App app;
};

Arguments::Arguments(const Verb& verb, std::string_view subcommand, std::string_view title)
    : m_parser(std::make_unique<Parser>()) {
    CLI::App& app = m_parser->app;
    std::string name = "bulkhead " + std::string(verb.id);
    name += subcommand.empty() ? "" : " " + std::string(subcommand);
    app.name(name);
    app.description(std::string(title.empty() ? verb.title : title));
    app.footer("Example:\n  " + std::string(verb.example));
}

Arguments::~Arguments() = default;

void Arguments::positional(std::string name, std::vector<std::string>& values, std::string help, int least) {
    CLI::Option* option = m_parser->app.add_option(std::move(name), values, std::move(help));
    if (least > 0) {
        option->required()->expected(least, 1000);
    }
}

void Arguments::option(
    std::string name, std::string& value, std::string help, std::vector<std::string> allowed) {
    CLI::Option* option = m_parser->app.add_option(std::move(name), value, std::move(help));
    if (!allowed.empty()) {
        option->check(CLI::IsMember(std::move(allowed)));
    }
    if (!value.empty()) {
        option->capture_default_str();
    }
}

void Arguments::list(std::string name, std::vector<std::string>& values, std::string help) {
    m_parser->app.add_option(std::move(name), values, std::move(help))->expected(1)->take_all();
}

void Arguments::flag(std::string name, bool& value, std::string help) {
    m_parser->app.add_flag(std::move(name), value, std::move(help));
}

std::optional<Exit> Arguments::parse(std::span<const std::string> arguments) {
    std::vector<std::string> reversed(arguments.begin(), arguments.end());
    std::ranges::reverse(reversed); // the order in which the parser takes them
    try {
        m_parser->app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        print(m_parser->app.help());
        return Exit::done;
    } catch (const CLI::ParseError& error) {
        say("bulkhead: " + std::string(error.what()) + "; see " + m_parser->app.get_name() + " --help");
        return Exit::usage;
    }
    return std::nullopt;
}

} // namespace bulkhead::cli
