#pragma once

#include <QDialog>
#include <QStringList>
#include <cstddef>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace bulkhead::dialogs {

/// A container that a document describes, as the choice names it.
struct OfferedSubject {
    QString name;
    QString about; ///< its role and image, where the document tells
};

/// Which of the containers of one document shall become columns: as many as find room, the first unless told
/// otherwise.
class SubjectDialog : public QDialog {
    Q_OBJECT

public:
    SubjectDialog(
        const QString& document, const std::vector<OfferedSubject>& offered, std::size_t room,
        QWidget* parent = nullptr);

    /// Places in what was offered, in its order.
    [[nodiscard]] std::vector<std::size_t> chosen() const;
    [[nodiscard]] QListWidget* list() const { return m_list; }
    [[nodiscard]] QLineEdit* filterEdit() const { return m_filter; }
    [[nodiscard]] QPushButton* acceptButton() const { return m_accept; }

private:
    void fill(const std::vector<OfferedSubject>& offered);
    void filter(const QString& text);
    void checkAll(bool checked);
    void updateCount();

    std::size_t m_room;
    QListWidget* m_list;
    QLineEdit* m_filter;
    QLabel* m_count;
    QPushButton* m_accept = nullptr;
};

} // namespace bulkhead::dialogs
