#include "tests/ui/main_window/window_fixture.h"
#include "ui/main_window/window_place.h"

#include <QScreen>

namespace bulkhead::main_window {
namespace {

TEST(WindowPlace, theFirstStartAsksForNoMoreThanTheScreenHas) {
    EXPECT_EQ(firstSize({0, 0, 2560, 1440}), QSize(1600, 1000));
    const QSize laptop = firstSize({0, 27, 1366, 741}); // 1366 x 768 below a panel of 27
    EXPECT_LE(laptop.width(), 1366);
    EXPECT_LE(laptop.height(), 741 - 30) << "no room for the title bar";
    EXPECT_GE(laptop.height(), 680) << "room is given away";
    EXPECT_EQ(firstSize(QRect()), QSize(1600, 1000)) << "no screen to ask";
}

/// Remembered rectangles and the screens that are left: all of the window must be on one of them.
TEST(WindowPlace, aRememberedPlaceIsBroughtOntoTheScreensThatAreThere) {
    const QRect laptop(0, 0, 1366, 768);
    const QRect beside(1366, 0, 1920, 1080);
    const QRect kept(1500, 100, 1600, 900);
    EXPECT_EQ(placeOnScreens(kept, {laptop, beside}), kept) << "a place that fits is left alone";
    for (const QRect& remembered :
         {kept, QRect(-4000, -4000, 500, 500), QRect(1300, 700, 3000, 3000), QRect(900, -60, 1000, 700)}) {
        const QRect place = placeOnScreens(remembered, {laptop});
        EXPECT_TRUE(laptop.contains(place)) << place.left() << ' ' << place.top() << ' ' << place.width();
        EXPECT_GE(place.top(), 30) << "the title bar is above the screen";
    }
    EXPECT_TRUE(beside.contains(placeOnScreens({1300, 50, 1900, 900}, {laptop, beside})));
    EXPECT_EQ(placeOnScreens(kept, {}), kept);
}

TEST_F(WindowTest, theFirstWindowFitsTheScreen) {
    m_window = std::make_unique<MainWindow>(m_services, *m_settings);
    m_window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    const QRect room = m_window->screen()->availableGeometry();
    EXPECT_LE(m_window->width(), room.width());
    EXPECT_LE(m_window->height(), room.height());
    EXPECT_GE(m_window->width(), std::min(room.width(), 1600) - 10);
}

TEST_F(WindowTest, aPlaceOfAScreenThatIsGoneIsNotRestored) {
    openWindow(1600, 1000);
    m_window->setGeometry(5000, 4000, 1600, 1000); // a second screen, since unplugged
    m_window->close();
    m_window = std::make_unique<MainWindow>(m_services, *m_settings);
    m_window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    EXPECT_TRUE(m_window->screen()->availableGeometry().contains(m_window->geometry()))
        << m_window->geometry().left() << ' ' << m_window->geometry().top() << ' ' << m_window->width();
}

} // namespace
} // namespace bulkhead::main_window
