#pragma once

#include "ui/models/threat_view.h"

#include <QAbstractTableModel>
#include <QStringList>
#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::models {

/// One subject and what threatens it, as the table shows it.
struct ThreatenedSubject {
    int id = 0; ///< of the library
    QString name;
    const model::Snapshot* snapshot = nullptr; ///< the one that was judged
    const ThreatView* threats = nullptr;       ///< null: not judged
};

/// What an attacker could do, a row each: the ways to something beyond the container, those that one thing
/// stops, then what weakens a subject without giving a way. Every row names the facts that decide it, with
/// where they were read, and the public entries that treat it.
class FindingModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        subjectColumn,
        sureColumn,
        wayColumn,
        stepsColumn,
        remedyColumn,
        factsColumn,
        referencesColumn,
        columnsInAll,
    };

    explicit FindingModel(QObject* parent = nullptr);

    void show(const std::vector<ThreatenedSubject>& subjects);
    /// What a row is about: the subject, and the slot of the first fact that decides it.
    [[nodiscard]] int subjectAt(int row) const;
    [[nodiscard]] std::string slotAt(int row) const;
    /// "Ways beyond the containers: 3 certain, 2 possible, 5 stopped by one thing alone."
    [[nodiscard]] QString summary() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// How sure a row is, in the order in which they are shown.
    enum class Sure { certain, possible, weakens, mayWeaken, stopped };

    struct Line {
        int subject = 0;
        std::string slot;
        Sure sure = Sure::certain;
        QStringList cells; ///< by Column
        QString whole;     ///< the row in full, for the tooltip and below the table
    };

    void addWays(const ThreatenedSubject& subject);
    void addStopped(const ThreatenedSubject& subject);
    void addOthers(const ThreatenedSubject& subject);
    void
    add(const ThreatenedSubject& subject, Sure sure, const QString& what,
        const std::vector<const threat::Finding*>& findings, const QString& remedy);
    static QString wordsOf(Sure sure);

    std::vector<Line> m_lines;
    std::uint64_t m_more = 0; ///< ways that are not listed
};

} // namespace bulkhead::models
