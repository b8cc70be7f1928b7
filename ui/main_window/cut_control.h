#pragma once

#include "ui/main_window/services.h"
#include "ui/models/workspace.h"

#include <QObject>
#include <map>
#include <memory>
#include <optional>

class QAction;

namespace bulkhead::pages {
class CutPage;
}

namespace bulkhead::main_window {

/// Finds the least that has to be changed of the chosen subject off the GUI thread while its page is seen,
/// keeps the preview column as the choice among the changes is, and copies and writes that choice.
class CutControl : public QObject {
    Q_OBJECT

public:
    CutControl(
        const Services& services, models::Workspace& workspace, pages::CutPage& page,
        QObject* parent = nullptr);

    [[nodiscard]] bool running() const {
        return m_planner.running() || m_predictor.running() || m_writer.running();
    }
    /// Whether there are changes to show, copy and write, and whether the preview is a column.
    [[nodiscard]] bool canShow() const;
    [[nodiscard]] bool isShown() const;
    /// Whether there is a document that the changes can be made in.
    [[nodiscard]] bool canSave() const;
    /// Puts the preview beside its subject, or takes it away.
    void setShown(bool shown);
    void copy();
    /// The file that is offered for the changed document.
    [[nodiscard]] QString suggestedFile() const;
    /// Whether writing there replaces what the subject was read from.
    [[nodiscard]] bool isOriginal(const QString& path) const;
    void saveTo(const QString& path);

Q_SIGNALS:
    /// What can be done with the choice has changed.
    void changed();
    void said(const QString& words);

private:
    using Plan = std::shared_ptr<const session::CutPlan>;

    /// What is planned of one view of a subject.
    struct Key {
        int subject = -1;
        int revision = 0;
        model::Vantage vantage = model::Vantage::enforced;

        bool operator==(const Key&) const = default;
    };

    /// A choice among the changes of a plan and what it makes of the subject.
    struct Choice {
        Plan plan;
        session::CutChoice chosen;
        model::Snapshot predicted;
        threat::Attack left;
    };

    struct Held {
        Key key;
        Choice choice;
    };

    void fillSubjects();
    void refresh();
    void chooseSubject();
    void follow();
    void plan(const Key& key);
    void takePlan(const Key& key, base::Result<Choice> result);
    void predict();
    void putPreview(const Held& held);
    void show(const Held& held);
    [[nodiscard]] std::optional<Key> wanted() const;
    [[nodiscard]] const Held* current() const;
    static Choice predicted(Plan plan, session::CutChoice chosen);
    static QString savedWords(const QString& path, const session::AppliedCut& made);

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::CutPage& m_page;
    std::map<int, Held> m_held; ///< by library id
    std::optional<Key> m_planning;
    std::optional<Key> m_onPage;
    std::optional<Key> m_failed;
    int m_selected = -1; ///< the subject that was selected on the canvas last
    bool m_showWhenReady = false;
    jobs::JobRunner m_planner;
    jobs::JobRunner m_predictor;
    jobs::JobRunner m_writer;
};

} // namespace bulkhead::main_window
