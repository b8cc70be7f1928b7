#include "app/workbench/make_services.h"
#include "ui/main_window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

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
    bulkhead::main_window::MainWindow window(bulkhead::workbench::makeServices(), settings);
    window.show();
    if (!parser.positionalArguments().isEmpty()) {
        window.open(parser.positionalArguments());
    }
    return QApplication::exec();
}
