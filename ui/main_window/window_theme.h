#pragma once

#include "ui/paint/theme.h"

#include <QObject>

class QSettings;

namespace bulkhead::main_window {

/// The application's theme: applied to every widget, remembered, and following the system where asked to.
class WindowTheme : public QObject {
    Q_OBJECT

public:
    explicit WindowTheme(QSettings& settings, QObject* parent = nullptr);

    [[nodiscard]] paint::ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] const diagram::Palette& palette() const { return *m_palette; }
    void choose(paint::ThemeChoice choice);
    /// The desktop changed its theme.
    void systemChanged();

Q_SIGNALS:
    void changed();

private:
    void apply();

    QSettings& m_settings;
    paint::ThemeChoice m_choice;
    const diagram::Palette* m_palette;
};

} // namespace bulkhead::main_window
