#include "core/session/load_judge.h"
#include "tests/samples/sample_snapshots.h"
#include "ui/models/cell_text.h"
#include "ui/models/finding_model.h"
#include "ui/models/inspector_threats.h"
#include "ui/models/threat_view.h"

#include <QAbstractItemModelTester>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

using model::Truth;

/// Two steps that make a way together, one that is a way alone, one that weakens: few enough to count by
/// hand.
constexpr auto kCatalogue = R"(weaknesses:
  - id: no-filter
    title: No filter
    kind: path
    stage: namespaces-caps
    when:
      - {fact: seccomp.mode, is: disabled}
    needs: [code-in-container]
    gives: [capability-over-host]
    authority: Every call can be made.
    severity: high
    severity-reason: It is.
    stale-assumption: There is a filter.
    on-call-signal: None.
    controls:
      - {by: seccomp, measure: the default filter}
    references:
      - {in: mitre-attack, id: T1611, title: Escape to Host}
  - id: raw-disk
    title: A disk in reach
    kind: path
    stage: namespaces-caps
    when:
      - capability(CAP_SYS_ADMIN)
    needs: [capability-over-host]
    gives: [host-root]
    authority: Reads and writes the disk.
    severity: critical
    severity-reason: It is.
    stale-assumption: The disk is not in reach.
    on-call-signal: None.
    controls:
      - {by: capabilities, measure: drop CAP_SYS_ADMIN}
    references:
      - {in: cis-docker, id: "5.4", title: Restrict capabilities}
  - id: module
    title: A module is loaded
    kind: path
    stage: namespaces-caps
    when:
      - capability(CAP_SYS_MODULE)
    needs: [code-in-container]
    gives: [kernel-code]
    authority: Runs in the kernel.
    severity: critical
    severity-reason: It is.
    stale-assumption: Nobody loads modules.
    on-call-signal: None.
    controls:
      - {by: capabilities, measure: drop CAP_SYS_MODULE}
    references:
      - {in: mitre-attack, id: T1611, title: Escape to Host}
  - id: may-raise
    title: no_new_privs is off
    kind: hygiene
    stage: namespaces-caps
    when:
      - not: identity.noNewPrivileges
    needs: []
    gives: []
    authority: Set-user-ID programs count.
    severity: low
    severity-reason: It is.
    stale-assumption: Nothing in the image raises privileges.
    on-call-signal: None.
    controls:
      - {by: runtime, measure: set no_new_privs}
    references:
      - {in: cis-docker, id: "5.25", title: Restrict new privileges}
)";

std::shared_ptr<const threat::Judge> judge() {
    auto weaknesses = catalog::parseWeaknesses(kCatalogue, "test.yaml");
    if (!weaknesses) {
        throw std::runtime_error(weaknesses.error().message);
    }
    auto made = threat::Judge::of({std::move(*weaknesses), {}});
    if (!made) {
        throw std::runtime_error(made.error().message);
    }
    return std::make_shared<const threat::Judge>(std::move(*made));
}

class Threats : public ::testing::Test {
protected:
    model::Snapshot m_default = samples::dockerDefault();
    model::Snapshot m_privileged = samples::privileged();
    ThreatView m_ofDefault = assessThreats(judge(), m_default);
    ThreatView m_ofPrivileged = assessThreats(judge(), m_privileged);
};

TEST_F(Threats, aWayIsDrawnToWhatItReachesAndTheRestIsCounted) {
    ASSERT_EQ(m_ofPrivileged.attack.paths.size(), 2U) << "by a module, and by filter and disk together";
    const auto lane = laneOf(3, m_ofPrivileged);
    ASSERT_TRUE(lane);
    EXPECT_EQ(lane->column, 3U);
    EXPECT_FALSE(lane->blocked);
    EXPECT_FALSE(lane->possible);
    EXPECT_EQ(lane->end, "systemCalls");
    EXPECT_EQ(lane->texts.front(), "▶ code in the host's kernel, 1 more");
    EXPECT_EQ(lane->fullText, "way to code in the host's kernel: A module is loaded");
}

TEST_F(Threats, whatIsNotKnownIsPossible) {
    m_privileged.capabilities.effective = model::Unreadable{"permission denied", "root"};
    const ThreatView view = assessThreats(judge(), m_privileged);
    const auto lane = laneOf(0, view);
    ASSERT_TRUE(lane);
    EXPECT_TRUE(lane->possible);
    EXPECT_TRUE(lane->texts.back().starts_with("? ")) << lane->texts.back();
}

TEST(ShippedCatalogue, aWeaknessOfManyObjectsIsSaidOnce) {
    const auto shipped = session::loadJudge();
    ASSERT_TRUE(shipped) << shipped.error().message;
    model::Snapshot snapshot = samples::privileged();
    std::vector<model::Device> disks;
    for (const char* name : {"/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde"}) {
        disks.push_back({name, "block", 8, static_cast<std::uint32_t>(disks.size())});
        disks.back().deviceClass = model::DeviceClass::disk;
        disks.back().hostDisk = true;
    }
    snapshot.devices = {disks, snapshot.devices.evidence()};
    const ThreatView view = assessThreats(std::make_shared<const threat::Judge>(*shipped), snapshot);
    const auto& findings = view.attack.findings;
    const auto ofDisk =
        std::ranges::find(findings, std::string("devices[\"/dev/sdd\"]"), &threat::Finding::object);
    ASSERT_NE(ofDisk, findings.end());
    const QString title =
        QStringLiteral("<b>%1</b>").arg(QString::fromStdString(ofDisk->weakness->title).toHtmlEscaped());
    const QString html = threatsOfSlotHtml(view, snapshot, "hostDisks");
    EXPECT_EQ(html.count(title), 1) << html.toStdString();
    EXPECT_TRUE(html.contains(QStringLiteral("/dev/sda, /dev/sdb, /dev/sdc and 2 more")))
        << html.toStdString();
}

/// What the catalogue that ships says of Docker's defaults: nothing is certain, and each near miss names who
/// stops it and the fact that does. Docker drops CAP_SYS_ADMIN and gives a pid namespace.
TEST(ShippedCatalogue, dockersDefaultsStopWhatTheyAreFor) {
    const auto shipped = session::loadJudge();
    ASSERT_TRUE(shipped) << shipped.error().message;
    const auto judge = std::make_shared<const threat::Judge>(*shipped);
    const model::Snapshot snapshot = samples::dockerDefault();
    const ThreatView view = assessThreats(judge, snapshot);
    EXPECT_TRUE(std::ranges::none_of(
        view.attack.paths, [](const auto& path) { return path.certainty == Truth::yes; }));
    FindingModel model;
    model.show({{1, QStringLiteral("default"), &snapshot, &view}});
    QStringList stops;
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.index(row, FindingModel::sureColumn).data().toString() == QLatin1String("stopped")) {
            stops << model.index(row, FindingModel::remedyColumn).data().toString();
        }
    }
    EXPECT_TRUE(stops.contains(
        QStringLiteral("stopped by capabilities: capabilities.effective.CAP_SYS_ADMIN is false")))
        << stops.join(QLatin1Char('\n')).toStdString();
    EXPECT_TRUE(
        stops.contains(QStringLiteral("stopped by namespaces: namespaces.pid.sharedWithHost is false")))
        << stops.join(QLatin1Char('\n')).toStdString();
    const QString html = threatsOfSlotHtml(view, snapshot, "capabilities");
    EXPECT_TRUE(html.contains(QStringLiteral("<b>Kernel modules can be loaded</b>: stopped by capabilities")))
        << html.toStdString();
}

TEST_F(Threats, theTableHasWaysThenWhatWeakens) {
    FindingModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.show(
        {{1, QStringLiteral("default"), &m_default, &m_ofDefault},
         {2, QStringLiteral("privileged"), &m_privileged, &m_ofPrivileged}});
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    ASSERT_EQ(model.rowCount(), 4) << "what would need something that is not there at all is no near miss";
    EXPECT_EQ(text(0, FindingModel::subjectColumn), "privileged");
    EXPECT_EQ(text(0, FindingModel::wayColumn), "to code in the host's kernel");
    EXPECT_EQ(text(0, FindingModel::sureColumn), "certain");
    EXPECT_EQ(text(1, FindingModel::wayColumn), "to root on the host");
    EXPECT_EQ(text(1, FindingModel::stepsColumn), "No filter → A disk in reach");
    EXPECT_EQ(text(1, FindingModel::remedyColumn), "the default filter; drop CAP_SYS_ADMIN");
    EXPECT_EQ(text(1, FindingModel::referencesColumn), "T1611, 5.4");
    EXPECT_TRUE(text(1, FindingModel::factsColumn).contains(QStringLiteral("seccomp.mode: disabled")))
        << text(1, FindingModel::factsColumn).toStdString();
    EXPECT_EQ(text(2, FindingModel::wayColumn), "hygiene");
    EXPECT_EQ(model.subjectAt(0), 2);
    EXPECT_EQ(model.slotAt(0), "capabilities");
    EXPECT_EQ(
        model.summary(), "Ways beyond the containers: 2 certain, 0 possible, 0 stopped by one thing alone.");
}

TEST_F(Threats, theInspectorNamesWhatASlotDecides) {
    const QString html = threatsOfSlotHtml(m_ofPrivileged, m_privileged, "seccomp");
    EXPECT_TRUE(html.contains(QStringLiteral("<b>No filter</b>: holds"))) << html.toStdString();
    EXPECT_TRUE(html.contains(QStringLiteral("mitre-attack T1611")));
    EXPECT_FALSE(html.contains(QStringLiteral("module")));
    EXPECT_TRUE(threatsOfSlotHtml(m_ofDefault, m_default, "capabilities")
                    .contains(QStringLiteral("stopped by capabilities")));
    EXPECT_TRUE(threatsOfSlotHtml(m_ofDefault, m_default, "hostDisks").isEmpty());
}

/// The real catalogue asks for facts of the machine too, which no slot shows.
TEST_F(Threats, aFactThatNoSlotShowsIsNoCell) {
    EXPECT_EQ(slotOfFact("host.kernel.release", m_default), nullptr);
    EXPECT_EQ(slotOfFact("capabilities.effective.CAP_KILL", m_default)->id, "capabilities");
    threat::Finding finding;
    finding.truth = Truth::no;
    finding.facts = {{"host.kernel.release", "6.18", Truth::no, {}}};
    EXPECT_EQ(stoppedBy(finding), "host kernel");
    finding.facts = {{"sockets", "none that fits", Truth::no, {}}};
    EXPECT_EQ(stoppedBy(finding), "") << "what is not there stops nobody";
}

} // namespace
} // namespace bulkhead::models
