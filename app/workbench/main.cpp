#include "app/workbench/lab_job.h"
#include "app/workbench/live_job.h"
#include "core/report/mermaid.h"
#include "core/report/svg.h"
#include "core/session/resolve.h"
#include "core/session/resources.h"
#include "ui/main_window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

namespace {

using namespace bulkhead;

/// A .mmd file holds one flowchart; those of more than four columns follow one another, parted by their
/// titles.
std::string joinedMermaid(const diagram::Diagram& shown) {
    const auto flowcharts = report::writeMermaid(shown);
    std::string text;
    for (const report::MermaidDiagram& flowchart : flowcharts) {
        text += (text.empty() ? "" : "\n") + flowchart.text;
    }
    return text;
}

main_window::Services makeServices() {
    main_window::Services services;
    services.open = [](const std::string& reference) { return session::resolveReference(reference); };
    services.writeSvg = report::writeSvg;
    services.writeMermaid = joinedMermaid;
    if (const auto resources = session::findDataFolder("resources")) {
        const std::filesystem::path recordings = *resources / "recordings";
        std::error_code ignored;
        if (std::filesystem::is_directory(recordings, ignored)) {
            services.recordings = recordings;
        }
    }
    workbench::provideLab(services);
    workbench::provideLive(services);
    return services;
}

} // namespace

int main(int argc, char** argv) {
    QApplication::setOrganizationName(QStringLiteral("bulkhead"));
    QApplication::setApplicationName(QStringLiteral("bulkhead-workbench"));
    QApplication::setApplicationVersion(QStringLiteral(BULKHEAD_VERSION));
    QApplication::setApplicationDisplayName(QStringLiteral("Bulkhead"));
    const QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Puts container trust boundaries side by side."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("REF"),
        QCoreApplication::translate("main", "Snapshot files, folders of a lab's results, or pid:N."),
        QStringLiteral("[REF...]"));
    parser.process(app);
    QSettings settings;
    main_window::MainWindow window(makeServices(), settings);
    window.show();
    if (!parser.positionalArguments().isEmpty()) {
        window.open(parser.positionalArguments());
    }
    return QApplication::exec();
}
