#pragma once

#include "core/session/check.h"
#include "core/session/cut_plan.h"
#include "core/session/load_judge.h"
#include "core/session/resolve.h"
#include "tests/ui/main_window/window_fixture.h"
#include "ui/pages/tables_page.h"

#include <QAction>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QTest>

namespace bulkhead::main_window {

/// A window on the services of the program itself, with the catalogue that ships: for documents as people
/// write them.
class DocumentTest : public WindowTest {
protected:
    void SetUp() override {
        WindowTest::SetUp();
        m_services.open = [](const std::string& reference) { return session::resolveReference(reference); };
        m_services.readText = session::resolveText;
        m_services.openJudge = []() -> base::Result<std::shared_ptr<const threat::Judge>> {
            auto judge = session::loadJudge();
            if (!judge) {
                return std::unexpected(judge.error());
            }
            return std::make_shared<const threat::Judge>(std::move(*judge));
        };
        m_services.planCut = session::planCut;
        m_services.check = session::checkSubjects;
        const auto names = session::policyNames();
        ASSERT_TRUE(names) << names.error().message;
        m_services.policies = *names;
    }

    QString write(const QString& name, const QByteArray& text) {
        QFile file(m_folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(text);
        return file.fileName();
    }

    void wait() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window->busy(); }));
    }

    /// A window with room for the tables below the canvas, and these shown.
    void showTables(int width = 1600, int height = 1300) {
        openWindow(width, height);
        m_window->action(Command::tables)->setChecked(false);
        m_window->action(Command::tables)->trigger();
    }

    /// What a file dialog says once a file is chosen; how one is chosen is Qt's.
    static void answerFileDialog(QFileDialog& dialog, const QString& path) {
        Q_EMIT dialog.fileSelected(path);
        dialog.close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    /// For people to look at, where BULKHEAD_PICTURES names a folder.
    void take(const QString& name) { take(*m_window, name); }

    static void take(QWidget& widget, const QString& name) {
        const QString folder = qEnvironmentVariable("BULKHEAD_PICTURES");
        if (!folder.isEmpty()) {
            QTest::qWait(30);
            EXPECT_TRUE(widget.grab().save(QDir(folder).filePath(name + QStringLiteral(".png"))));
        }
    }

    void takeBoth(const QString& name) {
        m_window->action(Command::themeDark)->trigger();
        take(name + QStringLiteral("-dark"));
        m_window->action(Command::themeLight)->trigger();
        take(name + QStringLiteral("-light"));
    }
};

} // namespace bulkhead::main_window
