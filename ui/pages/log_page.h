#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace bulkhead::pages {

/// A run of the lab: how far it is, what was launched, and the way to stop it. Where it fails it says what to
/// do.
class LogPage : public QWidget {
    Q_OBJECT

public:
    explicit LogPage(QWidget* parent = nullptr);

    void begin(const QString& title);
    void report(int done, int total, const QString& line);
    void succeed(const QString& summary);
    /// Shows the error; with `offerRecordings` also the button that opens them.
    void fail(const QString& error, bool offerRecordings);

Q_SIGNALS:
    void cancelRequested();
    void recordingsRequested();

private:
    void end(const QString& state);

    QLabel* m_state;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
    QPushButton* m_recordings;
    QPlainTextEdit* m_log;
};

} // namespace bulkhead::pages
