#pragma once

#include "tests/samples/sample_snapshots.h"
#include "ui/canvas/diagram_view.h"
#include "ui/main_window/main_window.h"
#include "ui/pages/canvas_page.h"

#include <QDropEvent>
#include <QMimeData>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace bulkhead::main_window {

/// A window on services of the test: every reference that ends in "four" holds the four samples, "eight" the
/// eight, a name of one of them that one; anything else cannot be opened.
class WindowTest : public ::testing::Test {
protected:
    void SetUp() override {
        m_settings = std::make_unique<QSettings>(
            m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        m_services.open = &WindowTest::openSample;
        m_services.recordings = "recordings/four";
        m_services.writeSvg = [](const diagram::Layout& layout, const diagram::Palette&) {
            return "<svg items='" + std::to_string(layout.items.size()) + "'/>";
        };
        m_services.writeMermaid = [](const diagram::Diagram& shown) { return "%% " + shown.headline; };
    }

    static base::Result<std::vector<diagram::SubjectView>> openSample(const std::string& reference) {
        const std::string name = std::filesystem::path(reference).filename();
        if (name == "four") {
            return samples::four();
        }
        for (diagram::SubjectView& view : samples::eight()) {
            if (name == view.name + ".json") {
                return std::vector{view};
            }
        }
        if (name == "eight") {
            return samples::eight();
        }
        return base::fail(base::ErrorKind::malformed, reference + ": line 1: not a snapshot");
    }

    void openWindow(int width = 1600, int height = 1000) {
        m_window = std::make_unique<MainWindow>(m_services, *m_settings);
        m_window->resize(width, height);
        m_window->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void open(const QStringList& references) {
        m_window->open(references);
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    }

    [[nodiscard]] std::vector<std::string> columns() const {
        std::vector<std::string> names;
        for (const diagram::Column& column : m_window->workspace().diagram().columns) {
            names.push_back(column.name);
        }
        return names;
    }

    [[nodiscard]] canvas::DiagramView& view() const { return *m_window->canvasPage().view(); }

    [[nodiscard]] QPoint headAt(int column) const {
        for (const diagram::Item& item : view().picture().items) {
            if (item.kind == diagram::ItemKind::columnHead && item.column == column) {
                return view().viewportRect(item).center();
            }
        }
        return {};
    }

    /// A drop as Qt delivers it: the enter decides who gets the drop.
    static void drop(QWidget* target, const QMimeData& mime) {
        QDragEnterEvent enter({300, 200}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent dropped({300, 200}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target, &dropped);
    }

    using Names = std::vector<std::string>;
    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    Services m_services;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace bulkhead::main_window
