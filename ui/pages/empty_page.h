#pragma once

#include <QList>
#include <QWidget>

class QAction;

namespace bulkhead::pages {

/// What the canvas says while there is nothing on it: what to do.
class EmptyPage : public QWidget {
    Q_OBJECT

public:
    /// One button for each action, the first one as the default.
    explicit EmptyPage(const QList<QAction*>& actions, QWidget* parent = nullptr);
};

} // namespace bulkhead::pages
