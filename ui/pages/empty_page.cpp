#include "ui/pages/empty_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bulkhead::pages {

namespace {

QPushButton* buttonFor(QAction& action) {
    auto* button = new QPushButton(action.text());
    button->setToolTip(action.toolTip());
    button->setAutoDefault(true);
    QObject::connect(button, &QPushButton::clicked, &action, &QAction::trigger);
    const auto follow = [button, &action] { button->setEnabled(action.isEnabled()); };
    QObject::connect(&action, &QAction::changed, button, follow);
    follow();
    return button;
}

} // namespace

EmptyPage::EmptyPage(const QList<QAction*>& actions, QWidget* parent) : QWidget(parent) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* title = new QLabel(tr("What does each container's boundary hold?"));
    QFont large = title->font();
    large.setPixelSize(17);
    large.setBold(true);
    title->setFont(large);
    auto* words = new QLabel(tr(
        "Put two to eight containers side by side. Each row asks one question of their boundary; only "
        "what differs from the baseline is filled. Drop or paste a Pod, a Compose file, an inspect dump, a "
        "config.json, a docker run line or a snapshot here, or begin with:"));
    words->setWordWrap(true);
    words->setMaximumWidth(520);
    words->setForegroundRole(QPalette::PlaceholderText);
    auto* buttons = new QHBoxLayout;
    for (QAction* action : actions) {
        buttons->addWidget(buttonFor(*action));
    }
    buttons->addStretch();
    if (auto* first = qobject_cast<QPushButton*>(buttons->itemAt(0)->widget())) {
        first->setDefault(true);
    }
    auto* column = new QVBoxLayout;
    column->setSpacing(12);
    column->addStretch(2);
    column->addWidget(title);
    column->addWidget(words);
    column->addLayout(buttons);
    column->addStretch(3);
    auto* centred = new QHBoxLayout(this);
    centred->addStretch();
    centred->addLayout(column);
    centred->addStretch();
}

} // namespace bulkhead::pages
