#include "core/diagram/sharing.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

using model::NamespaceType;

/// Four subjects, each with namespaces of its own.
std::vector<SubjectView> apart() {
    std::vector<SubjectView> subjects = samples::four();
    std::uint64_t inode = 4026539000;
    for (SubjectView& subject : subjects) {
        for (auto& [type, space] : subject.enforced->namespaces) {
            if (!space.sharedWithHost.valueOr(true)) {
                space.inode = {++inode, {}};
            }
        }
    }
    return subjects;
}

void join(SubjectView& joiner, const SubjectView& other, std::initializer_list<NamespaceType> types) {
    for (const NamespaceType type : types) {
        joiner.enforced->namespaces[type].inode = other.enforced->namespaces.at(type).inode;
    }
}

TEST(SharedSpans, areTheNeighboursInOneNamespace) {
    EXPECT_TRUE(buildDiagram(samples::four(), {}).shared.empty())
        << "the samples repeat their numbers, that of the mount namespace among them";
    auto subjects = apart();
    EXPECT_TRUE(buildDiagram(subjects, {}).shared.empty());
    join(subjects[2], subjects[1], {NamespaceType::net, NamespaceType::ipc});
    const std::string names = subjects[1].name + ", " + subjects[2].name;
    const SharedSpan expected{1, 2, "net, ipc", names + " share net, ipc"};
    EXPECT_EQ(buildDiagram(subjects, {}).shared, std::vector{expected});
    std::swap(subjects[2], subjects[3]);
    EXPECT_TRUE(buildDiagram(subjects, {}).shared.empty()) << "no neighbours";
}

TEST(SharedSpans, nameThePodThatAllMembersAreOf) {
    auto subjects = apart();
    join(subjects[1], subjects[0], {NamespaceType::net});
    for (const std::size_t member : {0, 1}) {
        subjects[member].enforced->group.kind = "pod";
        subjects[member].enforced->group.id = "web";
    }
    EXPECT_TRUE(buildDiagram(subjects, {}).shared.at(0).fullText.ends_with(" share net (pod web)"));
    subjects[1].enforced->group.id = "other";
    EXPECT_TRUE(buildDiagram(subjects, {}).shared.at(0).fullText.ends_with(" share net"));
}

TEST(SharedSpans, ofRecordingsOnlyWhatIsSaidCounts) {
    auto subjects = apart();
    join(subjects[1], subjects[0], {NamespaceType::net});
    for (const std::size_t member : {0, 1}) {
        subjects[member].enforced->recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T01:02:03Z"};
    }
    EXPECT_TRUE(buildDiagram(subjects, {}).shared.empty()) << "the number may have been given again";
    subjects[1].enforced->namespaces[NamespaceType::net].sharedWith = {subjects[0].enforced->subject.name};
    subjects[0].enforced->namespaces[NamespaceType::net].sharedWith = {subjects[1].enforced->subject.name};
    ASSERT_NE(subjects[0].enforced->subject.name, subjects[1].enforced->subject.name);
    EXPECT_EQ(buildDiagram(subjects, {}).shared.size(), 1U);
}

TEST(SharedSpans, ofOneSubjectThereAreNone) {
    EXPECT_TRUE(buildVantageDiagram(samples::pod()[0], {}).shared.empty());
}

TEST(SharedSpans, standInAsFewLinesAsTheyNeed) {
    const std::vector<SharedSpan> spans = {
        {0, 2, "net", ""}, {0, 1, "pid", ""}, {2, 3, "ipc", ""}, {3, 4, "uts", ""}};
    EXPECT_EQ(linesOf(spans), (std::vector<std::size_t>{0, 1, 1, 0}));
    EXPECT_TRUE(linesOf({}).empty());
}

} // namespace
} // namespace bulkhead::diagram
