#pragma once

#include <QDialog>
#include <QStringList>
#include <string>
#include <vector>

class QListWidget;

namespace bulkhead::dialogs {

/// A scenario that the lab can launch.
struct LabScenario {
    std::string name;
    std::string title; ///< one sentence: what it shows
};

/// Which scenarios to launch; all of them unless told otherwise.
class LabDialog : public QDialog {
    Q_OBJECT

public:
    explicit LabDialog(const std::vector<LabScenario>& scenarios, QWidget* parent = nullptr);

    [[nodiscard]] std::vector<std::string> chosen() const;

private:
    QListWidget* m_list;
};

} // namespace bulkhead::dialogs
