#include "ui/models/workspace.h"

#include "ui/models/column_edit.h"

#include <QUndoStack>
#include <algorithm>

namespace bulkhead::models {

namespace {

constexpr std::size_t kFilterFrom =
    5; ///< columns from which only differences are shown unless asked otherwise

bool contains(const std::vector<int>& ids, int id) {
    return std::ranges::find(ids, id) != ids.end();
}

/// The baseline of a set of columns: the wanted one where it is still there, else the first.
int baselineIn(const std::vector<int>& columns, int wanted) {
    if (contains(columns, wanted)) {
        return wanted;
    }
    return columns.empty() ? -1 : columns.front();
}

} // namespace

Workspace::Workspace(QObject* parent) : QObject(parent), m_undo(new QUndoStack(this)) {
    rebuild();
}

const LibraryEntry* Workspace::entry(int id) const {
    const auto found = std::ranges::find(m_library, id, &LibraryEntry::id);
    return found == m_library.end() ? nullptr : &*found;
}

int Workspace::putSubject(
    SubjectGroup group, const QString& origin, diagram::SubjectView view,
    std::shared_ptr<const std::string> text) {
    if (view.enforced && view.enforced->recorded) {
        group = SubjectGroup::recorded;
    }
    const auto same = std::ranges::find_if(m_library, [&](const LibraryEntry& known) {
        return known.group == group && known.origin == origin && known.view.name == view.name;
    });
    if (same == m_library.end()) {
        return addEntry({0, group, origin, std::move(view), std::move(text), 0, -1});
    }
    same->text = std::move(text);
    const int id = same->id;
    replaceView(*same, std::move(view));
    return id;
}

int Workspace::putPreview(int subject, diagram::SubjectView view) {
    const int known = previewOf(subject);
    if (known < 0) {
        return addEntry({0, SubjectGroup::predicted, QString(), std::move(view), {}, 0, subject});
    }
    replaceView(*std::ranges::find(m_library, known, &LibraryEntry::id), std::move(view));
    return known;
}

int Workspace::previewOf(int subject) const {
    const auto found = std::ranges::find(m_library, subject, &LibraryEntry::previewOf);
    return subject < 0 || found == m_library.end() ? -1 : found->id;
}

int Workspace::addEntry(LibraryEntry entry) {
    const int id = m_nextId++;
    entry.id = id;
    m_library.push_back(std::move(entry));
    Q_EMIT libraryChanged();
    return id;
}

void Workspace::replaceView(LibraryEntry& entry, diagram::SubjectView view) {
    entry.view = std::move(view);
    ++entry.revision;
    const int id = entry.id; // whoever hears of it may add another
    Q_EMIT libraryChanged();
    if (isShown(id)) {
        rebuild();
    }
}

bool Workspace::isShown(int id) const {
    return contains(m_state.columns, id);
}

bool Workspace::addColumns(const std::vector<int>& ids) {
    ColumnState next = m_state;
    bool full = false;
    for (const int id : ids) {
        if (entry(id) == nullptr || contains(next.columns, id)) {
            continue;
        }
        full = next.columns.size() >= kMostColumns;
        if (full) {
            break;
        }
        next.columns.push_back(id);
    }
    next.baseline = baselineIn(next.columns, next.baseline);
    const bool changed = edit(std::move(next), tr("Add column"));
    if (full) {
        refuseMore();
    }
    return changed;
}

void Workspace::refuseMore() {
    Q_EMIT refused(
        tr("Eight columns are as many as can be read side by side. Remove one with Delete first."));
}

bool Workspace::showPreview(int subject) {
    const int preview = previewOf(subject);
    if (preview < 0 || !isShown(subject)) {
        return false;
    }
    ColumnState next = m_state;
    if (!isShown(preview)) {
        if (next.columns.size() >= kMostColumns) {
            refuseMore();
            return false;
        }
        next.columns.insert(std::ranges::find(next.columns, subject) + 1, preview);
    }
    next.baseline = subject;
    return edit(std::move(next), tr("Show hardened"));
}

bool Workspace::removeColumn(int id) {
    ColumnState next = m_state;
    std::erase(next.columns, id);
    next.baseline = baselineIn(next.columns, next.baseline);
    return edit(std::move(next), tr("Remove column"));
}

bool Workspace::moveColumn(std::size_t from, std::size_t to) {
    ColumnState next = m_state;
    if (from >= next.columns.size() || to >= next.columns.size()) {
        return false;
    }
    const int id = next.columns[from];
    next.columns.erase(next.columns.begin() + static_cast<std::ptrdiff_t>(from));
    next.columns.insert(next.columns.begin() + static_cast<std::ptrdiff_t>(to), id);
    return edit(std::move(next), tr("Move column"));
}

bool Workspace::setBaseline(int id) {
    if (!isShown(id)) {
        return false;
    }
    ColumnState next = m_state;
    next.baseline = id;
    return edit(std::move(next), tr("Change baseline"));
}

bool Workspace::edit(ColumnState next, const QString& what) {
    if (next == m_state) {
        return false;
    }
    m_undo->push(new ColumnEdit(*this, m_state, std::move(next), what));
    return true;
}

void Workspace::restore(const ColumnState& state) {
    const int selected = idOfColumn(m_selection.column);
    m_state = state;
    if (!isShown(m_oneSubject)) {
        m_oneSubject = -1;
    }
    const bool wasOne = m_diagram.oneSubject;
    rebuild();
    // The selection goes with its subject; where that left, it stays at its place.
    if (!wasOne && m_selection.column >= 0) {
        const auto& columns = m_diagram.columns;
        int column = std::min(m_selection.column, static_cast<int>(columns.size()) - 1);
        for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
            column = idOfColumn(i) == selected ? i : column;
        }
        select({m_selection.slot, column});
    }
    Q_EMIT libraryChanged();
}

model::Vantage Workspace::vantage() const {
    const auto allHave = [this](model::Vantage vantage) {
        return std::ranges::all_of(m_state.columns, [&](int id) {
            const diagram::SubjectView& view = entry(id)->view;
            return !view.error.empty() || view.at(vantage) != nullptr;
        });
    };
    const bool declared = !allHave(model::Vantage::enforced) && allHave(model::Vantage::declared);
    return m_vantage.value_or(declared ? model::Vantage::declared : model::Vantage::enforced);
}

void Workspace::setVantage(model::Vantage vantage) {
    if (vantage != m_vantage) {
        m_vantage = vantage;
        rebuild();
    }
}

bool Workspace::onlyDifferences() const {
    return m_onlyDifferences.value_or(m_oneSubject < 0 && m_state.columns.size() >= kFilterFrom);
}

void Workspace::setOnlyDifferences(bool only) {
    if (only != onlyDifferences()) {
        m_onlyDifferences = only;
        rebuild();
    }
}

void Workspace::setFold(bool fold) {
    if (fold != m_fold) {
        m_fold = fold;
        rebuild();
    }
}

void Workspace::showOneSubject(int id) {
    const int next = isShown(id) ? id : -1;
    if (next == m_oneSubject) {
        return;
    }
    const int left = m_oneSubject;
    m_oneSubject = next;
    rebuild();
    if (next >= 0) {
        select({m_selection.slot, m_diagram.columns.empty() ? -1 : 0});
        return;
    }
    for (int i = 0; i < static_cast<int>(m_diagram.columns.size()); ++i) {
        if (idOfColumn(i) == left) {
            select({m_selection.slot, i});
        }
    }
}

int Workspace::idOfColumn(int column) const {
    if (column < 0 || column >= static_cast<int>(m_diagram.columns.size())) {
        return -1;
    }
    if (m_diagram.oneSubject) {
        return m_oneSubject;
    }
    const std::size_t subject = m_diagram.columns[static_cast<std::size_t>(column)].subject;
    return subject < m_state.columns.size() ? m_state.columns[subject] : -1;
}

void Workspace::select(const Selection& selection) {
    if (selection != m_selection) {
        m_selection = selection;
        Q_EMIT selectionChanged();
    }
}

void Workspace::rebuild() {
    m_shown.clear();
    for (const int id : m_state.columns) {
        m_shown.push_back(entry(id)->view);
    }
    diagram::DiagramOptions options;
    const auto baseline = std::ranges::find(m_state.columns, m_state.baseline);
    options.baseline =
        baseline == m_state.columns.end() ? 0 : static_cast<std::size_t>(baseline - m_state.columns.begin());
    options.vantage = vantage();
    options.onlyDifferences = onlyDifferences();
    options.fold = m_fold;
    const LibraryEntry* one = entry(m_oneSubject);
    m_diagram = one != nullptr ? diagram::buildVantageDiagram(one->view, options)
                               : diagram::buildDiagram(m_shown, options);
    if (m_selection.column >= static_cast<int>(m_diagram.columns.size())) {
        m_selection = {};
    }
    Q_EMIT diagramChanged();
    Q_EMIT selectionChanged();
}

} // namespace bulkhead::models
