#include "core/session/check.h"
#include "core/session/resolve.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace bulkhead::session {
namespace {

namespace fs = std::filesystem;

constexpr auto kPod = "apiVersion: v1\n"
                      "kind: Pod\n"
                      "metadata: {name: web}\n"
                      "spec:\n"
                      "  hostPID: true\n"
                      "  containers:\n"
                      "    - {name: app, image: a}\n";

/// A Pod in a file that may go while its subject is looked at.
class CheckSubjectsTest : public ::testing::Test {
protected:
    void SetUp() override { std::ofstream(m_file) << kPod; }
    void TearDown() override { fs::remove(m_file); }

    [[nodiscard]] CheckedSubject opened() const {
        const auto views = resolveReference(m_file);
        return {views.value().front(), m_file, std::nullopt};
    }

    std::string m_file = fs::temp_directory_path() / ("check_subjects_" + std::to_string(getpid()) + ".yaml");
};

TEST_F(CheckSubjectsTest, AFileThatIsGoneIsSaidOfItsSubjectAlone) {
    const CheckedSubject gone = opened();
    fs::remove(m_file);
    const CheckedSubject pasted{gone.view, "pasted Pod web", kPod};
    const auto decisions = checkSubjects({gone, pasted}, "pss:baseline");
    ASSERT_TRUE(decisions) << decisions.error().message;
    const policy::Decision& lost = decisions->front();
    EXPECT_EQ(lost.verdict, policy::Verdict::unknown);
    EXPECT_EQ(lost.rule.title, "The subject's document can be read");
    EXPECT_TRUE(lost.reason.starts_with("the file can no longer be read: " + m_file)) << lost.reason;
    EXPECT_TRUE(lost.reason.contains("put it back, or open the document where it is now"));
    EXPECT_TRUE(std::ranges::any_of(*decisions, [](const policy::Decision& decision) {
        return decision.verdict == policy::Verdict::deny && decision.reason.contains("hostPID=true");
    })) << "the other is decided all the same";
}

TEST_F(CheckSubjectsTest, WhatIsNoFileIsNoDocument) {
    CheckedSubject running = opened();
    running.reference = "docker:web";
    const auto decisions = checkSubjects({running}, "pss:baseline");
    ASSERT_TRUE(decisions) << decisions.error().message;
    ASSERT_EQ(decisions->size(), 1U);
    EXPECT_EQ(decisions->front().rule.title, "The subject is a Kubernetes document");
}

TEST(NamesFile, theWordsInFrontAreNoFiles) {
    for (const char* reference : {"docker:web", "pid:1", "lab:default", "-", "host", "run:docker run a"}) {
        EXPECT_FALSE(namesFile(reference)) << reference;
    }
    EXPECT_TRUE(namesFile("pod.yaml"));
    EXPECT_TRUE(namesFile("/tmp/a#b"));
}

} // namespace
} // namespace bulkhead::session
