#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>
#include <QStringList>
#include <optional>

namespace bulkhead::pages {
class JobBar;
}

namespace bulkhead::main_window {

/// Opens references and pasted texts off the GUI thread, one after another, and puts what they hold on the
/// canvas. What cannot be opened becomes a column that says why; of a document that describes several
/// containers the user chooses.
class SubjectLoader : public QObject {
    Q_OBJECT

public:
    SubjectLoader(
        const Services& services, models::Workspace& workspace, pages::JobBar& bar,
        QObject* parent = nullptr);

    void open(const QStringList& references, models::SubjectGroup group = models::SubjectGroup::file);
    /// A document, or a reference as one writes it.
    void openText(const QString& text);
    /// Gives up what is being opened and what waits; the columns stay as they are.
    void cancel();
    [[nodiscard]] bool busy() const { return m_runner.running(); }

    /// What choiceNeeded asks about, and the answer: places in `offered`, none to leave it.
    [[nodiscard]] const std::vector<diagram::SubjectView>& offered() const { return m_offered; }
    void choose(const std::vector<std::size_t>& places);

Q_SIGNALS:
    void opening(const QString& reference);
    void opened(const QString& reference, models::SubjectGroup group);
    void failed(const QString& reference, const QString& error);
    void choiceNeeded(const QString& document);
    void idle();

private:
    /// A reference or a text that waits for its turn; a text goes by the name it was given.
    struct Pending {
        QString reference;
        models::SubjectGroup group = models::SubjectGroup::file;
        std::optional<std::string> text;
    };

    using Subjects = std::vector<diagram::SubjectView>;

    void add(Pending pending);
    void openNext();
    void take(const Pending& pending, base::Result<Subjects> result);
    void put(const Pending& pending, Subjects views);
    void fail(const Pending& pending, const std::string& message);
    [[nodiscard]] QString freeOrigin(const QString& name) const;
    [[nodiscard]] std::string freeName(const std::string& name) const;

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::JobBar& m_bar;
    jobs::JobRunner m_runner;
    QList<Pending> m_queue;
    Pending m_asked;
    Subjects m_offered;
};

} // namespace bulkhead::main_window
