#pragma once

#include "core/diagram/diagram.h"

#include <QObject>
#include <QString>
#include <memory>
#include <string>
#include <vector>

class QUndoStack;

namespace bulkhead::models {

/// Where a subject came from; a group of the list at the left.
enum class SubjectGroup { lab, live, file, recorded, predicted };

/// A subject the window knows, shown or not. `id` is never reused while the window lives.
struct LibraryEntry {
    int id = 0;
    SubjectGroup group = SubjectGroup::file;
    QString origin; ///< file, folder or scenario it came from
    diagram::SubjectView view;
    std::shared_ptr<const std::string> text; ///< the document that was pasted or dropped as text
    int revision = 0;                        ///< grows with every new view of it
    int previewOf = -1; ///< library id of the subject that this one predicts changes of; -1: it is none
};

/// What an edit of the canvas changes, and undo restores: library ids from left to right, and the one
/// compared with.
struct ColumnState {
    std::vector<int> columns;
    int baseline = -1; ///< library id; -1 where there is no column

    bool operator==(const ColumnState&) const = default;
};

/// The cell that canvas and inspector are on, by slot and not by row, so that it survives filtering.
struct Selection {
    std::string slot; ///< empty: the column's head
    int column = -1;  ///< index into the diagram's columns; -1: nothing

    bool operator==(const Selection&) const = default;
};

/// More columns than these cannot be read side by side.
inline constexpr std::size_t kMostColumns = 8;

/// The subjects, which of them are columns and how they are shown. Everything the window draws follows from
/// it.
class Workspace : public QObject {
    Q_OBJECT

public:
    explicit Workspace(QObject* parent = nullptr);

    [[nodiscard]] const std::vector<LibraryEntry>& library() const { return m_library; }
    [[nodiscard]] const LibraryEntry* entry(int id) const;
    /// Adds a subject, or replaces the one of the same group, origin and name. Not an edit: cannot be undone.
    int putSubject(
        SubjectGroup group, const QString& origin, diagram::SubjectView view,
        std::shared_ptr<const std::string> text = {});
    /// Adds or replaces what is predicted of a subject; one preview of each.
    int putPreview(int subject, diagram::SubjectView view);
    /// The preview of a subject; -1 where none was put.
    [[nodiscard]] int previewOf(int subject) const;

    [[nodiscard]] const ColumnState& state() const { return m_state; }
    [[nodiscard]] bool isShown(int id) const;
    /// Edits, each one step of undo. False where nothing changed (unknown id, no room).
    bool addColumns(const std::vector<int>& ids);
    /// Puts the preview of a shown subject beside it and compares with that subject.
    bool showPreview(int subject);
    bool removeColumn(int id);
    bool moveColumn(std::size_t from, std::size_t to);
    bool setBaseline(int id);
    [[nodiscard]] QUndoStack* undoStack() const { return m_undo; }

    /// The chosen one; until one is chosen, the strongest that all subjects have.
    [[nodiscard]] model::Vantage vantage() const;
    void setVantage(model::Vantage vantage);
    [[nodiscard]] bool onlyDifferences() const;
    void setOnlyDifferences(bool only);
    [[nodiscard]] bool fold() const { return m_fold; }
    void setFold(bool fold);
    /// The subject whose vantages are the columns; -1: all subjects side by side.
    [[nodiscard]] int oneSubject() const { return m_oneSubject; }
    void showOneSubject(int id);

    [[nodiscard]] const diagram::Diagram& diagram() const { return m_diagram; }
    /// The subjects of the canvas in column order; Column::subject counts in it.
    [[nodiscard]] const std::vector<diagram::SubjectView>& shown() const { return m_shown; }
    /// Library id of a column of the diagram; -1 where there is none.
    [[nodiscard]] int idOfColumn(int column) const;

    [[nodiscard]] const Selection& selection() const { return m_selection; }
    void select(const Selection& selection);

    /// For undo commands: puts a state in place without recording it.
    void restore(const ColumnState& state);

Q_SIGNALS:
    void libraryChanged();
    void diagramChanged();
    void selectionChanged();
    void refused(const QString& why);

private:
    bool edit(ColumnState next, const QString& what);
    void refuseMore();
    void replaceView(LibraryEntry& entry, diagram::SubjectView view);
    int addEntry(LibraryEntry entry);
    void rebuild();

    std::vector<LibraryEntry> m_library;
    ColumnState m_state;
    std::vector<diagram::SubjectView> m_shown;
    diagram::Diagram m_diagram;
    Selection m_selection;
    std::optional<model::Vantage> m_vantage;
    std::optional<bool> m_onlyDifferences; ///< unset: on from five columns
    bool m_fold = false;
    int m_oneSubject = -1;
    int m_nextId = 1;
    QUndoStack* m_undo;
};

} // namespace bulkhead::models
