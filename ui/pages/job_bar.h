#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace bulkhead::pages {

/// Work under way, in one line: what is being done, how far it is, and the way to stop it. Hidden while there
/// is none.
class JobBar : public QWidget {
    Q_OBJECT

public:
    explicit JobBar(QWidget* parent = nullptr);

    void begin(const QString& what);
    void report(int done, int total, const QString& line);
    void end();
    [[nodiscard]] QPushButton* cancelButton() const { return m_cancel; }

Q_SIGNALS:
    void cancelRequested();

private:
    QLabel* m_words;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
};

} // namespace bulkhead::pages
