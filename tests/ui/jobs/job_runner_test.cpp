#include "ui/jobs/job_runner.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>

namespace bulkhead::jobs {
namespace {

/// Work that waits until it is told to stop, then says so.
base::Result<int> waitForStop(const ReportProgress& /*report*/, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        QThread::msleep(1);
    }
    return base::fail(base::ErrorKind::canceled, "stopped as asked");
}

TEST(JobRunner, deliversTheResultOnItsOwnThread) {
    JobRunner runner;
    std::optional<int> got;
    QThread* worked = nullptr;
    QThread* delivered = nullptr;
    runner.start<int>(
        [&worked](const auto&, const auto&) -> base::Result<int> {
            worked = QThread::currentThread();
            return 42;
        },
        [&](base::Result<int> result) {
            delivered = QThread::currentThread();
            got = *result;
        });
    EXPECT_TRUE(runner.running());
    ASSERT_TRUE(QTest::qWaitFor([&] { return got.has_value(); }));
    EXPECT_EQ(*got, 42);
    EXPECT_EQ(delivered, QCoreApplication::instance()->thread());
    EXPECT_NE(worked, delivered);
    EXPECT_FALSE(runner.running());
}

TEST(JobRunner, reportsProgressInOrder) {
    JobRunner runner;
    QStringList lines;
    bool done = false;
    QObject::connect(&runner, &JobRunner::progressed, &runner, [&](int at, int total, const QString& line) {
        lines << QStringLiteral("%1/%2 %3").arg(at).arg(total).arg(line);
    });
    runner.start<int>(
        [](const ReportProgress& report, const auto&) -> base::Result<int> {
            report({0, 2, "launching default"});
            report({1, 2, "launching privileged"});
            return 0;
        },
        [&done](const auto&) { done = true; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return done; }));
    EXPECT_EQ(lines, QStringList({"0/2 launching default", "1/2 launching privileged"}));
}

TEST(JobRunner, cancelEndsTheWorkAndSaysSo) {
    JobRunner runner;
    std::optional<base::Error> error;
    runner.start<int>(waitForStop, [&error](const base::Result<int>& result) { error = result.error(); });
    QTest::qWait(5);
    EXPECT_FALSE(error);
    runner.cancel();
    ASSERT_TRUE(QTest::qWaitFor([&] { return error.has_value(); }));
    EXPECT_EQ(error->kind, base::ErrorKind::canceled);
    EXPECT_FALSE(runner.running());
}

TEST(JobRunner, aResultThatCameTooLateIsStillCanceled) {
    JobRunner runner;
    std::atomic<bool> go{false};
    std::optional<base::Result<int>> got;
    runner.start<int>(
        [&go](const auto&, const auto&) -> base::Result<int> {
            while (!go) {
                QThread::msleep(1);
            }
            return 7;
        },
        [&got](base::Result<int> result) { got = std::move(result); });
    runner.cancel();
    go = true;
    ASSERT_TRUE(QTest::qWaitFor([&] { return got.has_value(); }));
    ASSERT_FALSE(got->has_value());
    EXPECT_EQ(got->error().kind, base::ErrorKind::canceled);
}

TEST(JobRunner, startingAgainDropsTheStaleResult) {
    JobRunner runner;
    QStringList delivered;
    runner.start<int>(waitForStop, [&delivered](const auto&) { delivered << QStringLiteral("first"); });
    runner.start<int>(
        [](const auto&, const auto&) -> base::Result<int> { return 2; },
        [&delivered](const auto&) { delivered << QStringLiteral("second"); });
    ASSERT_TRUE(QTest::qWaitFor([&] { return !delivered.isEmpty(); }));
    QTest::qWait(30);
    EXPECT_EQ(delivered, QStringList{"second"});
}

TEST(JobRunner, destroyingItStopsTheWorkAndWaits) {
    std::atomic<bool> left{false};
    bool delivered = false;
    {
        JobRunner runner;
        runner.start<int>(
            [&left](const ReportProgress& report, const std::stop_token& stop) {
                auto result = waitForStop(report, stop);
                left = true;
                return result;
            },
            [&delivered](const auto&) { delivered = true; });
    }
    EXPECT_TRUE(left);
    QCoreApplication::processEvents();
    EXPECT_FALSE(delivered);
}

TEST(JobRunner, anExceptionOfALibraryBecomesAnError) {
    JobRunner runner;
    std::optional<base::Error> error;
    runner.start<int>(
        [](const auto&, const auto&) -> base::Result<int> {
            throw std::runtime_error("bad allocation of luck");
        },
        [&error](const base::Result<int>& result) { error = result.error(); });
    ASSERT_TRUE(QTest::qWaitFor([&] { return error.has_value(); }));
    EXPECT_EQ(error->message, "bad allocation of luck");
}

} // namespace
} // namespace bulkhead::jobs
