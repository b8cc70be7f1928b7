#pragma once

#include <QHeaderView>

namespace bulkhead::pages {

/// A header whose titles become brief (briefRole of the model) in columns that are too narrow for them.
class BriefHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit BriefHeader(QWidget* parent = nullptr);

    /// What a column needs to show its title, or its brief one.
    [[nodiscard]] int titleWidth(int section, bool brief) const;

protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override;

private:
    [[nodiscard]] QString title(int section, bool brief) const;
};

} // namespace bulkhead::pages
