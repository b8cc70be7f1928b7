#include "core/session/capture.h"
#include "core/session/resolve.h"
#include "core/session/write_report.h"
#include "core/wire/snapshot_json.h"
#include "tests/samples/sample_snapshots.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace bulkhead::session {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the test.
class ResolveTest : public testing::Test {
protected:
    ResolveTest() {
        std::string path = fs::temp_directory_path() / "bulkhead-test-XXXXXX";
        m_folder = ::mkdtemp(path.data());
    }
    ~ResolveTest() override { fs::remove_all(m_folder); }

    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(m_folder / name) << text;
        return (m_folder / name).string();
    }

    fs::path m_folder;
};

std::string errorOf(const std::string& reference) {
    const auto found = resolveReference(reference);
    return found ? "found" : found.error().message;
}

TEST_F(ResolveTest, VantagesOfOneCaptureAreOneSubject) {
    const auto four = samples::four();
    const std::string file =
        write("a.json", wire::writeSnapshots({*four[0].declared, *four[0].enforced, *four[3].enforced}));
    const auto found = resolveReference(file);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 2U);
    EXPECT_TRUE(found->at(0).declared && found->at(0).enforced);
    EXPECT_FALSE(found->at(1).declared);
    EXPECT_EQ(found->at(1).name, "privileged");
}

TEST_F(ResolveTest, OneOfSeveralByName) {
    const std::string file =
        write("a.json", wire::writeSnapshots({samples::dockerDefault(), samples::privileged()}));
    const auto found = resolveReference(file + "#privileged");
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(errorOf(file + "#nobody"), file + ": no subject is named nobody; it holds default, privileged");
}

TEST_F(ResolveTest, AReferenceIsPrintableWhateverTheFileIsCalled) {
    const std::string file = write("a\x1b[2J\xff\n.yaml", "services: {web: {image: i}}");
    const auto of = [](const std::string& reference) {
        const auto found = resolveReference(reference);
        return found && found->front().declared ? found->front().declared->subject.ref : errorOf(reference);
    };
    const std::string shown = (m_folder / "a\\x1b[2J\\xff\\x0a.yaml").string();
    EXPECT_EQ(of(file), shown);
    EXPECT_EQ(of("compose:" + file), "compose:" + shown + "#web");
    EXPECT_EQ(of("run:docker run -e A=b i"), "run:docker run i");
}

TEST_F(ResolveTest, ALabFolderGivesItsSubjects) {
    ASSERT_TRUE(writeLabFolder(samples::four(), m_folder / "out"));
    const auto found = resolveReference((m_folder / "out").string());
    ASSERT_TRUE(found) << found.error().message;
    std::vector<std::string> names; // as they were given, not as a folder lists them
    for (const diagram::SubjectView& view : *found) {
        names.push_back(view.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"default", "read-only", "rootless", "privileged"}));
    for (const char* name : {"report.md", "diagram.mmd", "default.json"}) {
        EXPECT_TRUE(fs::exists(m_folder / "out" / name)) << name;
    }
}

TEST_F(ResolveTest, AReportNamesTheWaysToTheHostAndWhatOpened) {
    const auto subjects =
        resolveReferences({"resources/recordings/default.json", "resources/recordings/privileged.json"});
    ASSERT_TRUE(subjects) << subjects.error().message;
    const auto text = renderReport(*subjects, "report.md");
    ASSERT_TRUE(text) << text.error().message;
    const auto at = [&](const char* part) { return text->find(part); };
    EXPECT_LT(at("### Attack paths opened and closed"), at("### Attack paths\n"));
    EXPECT_LT(at("### Attack paths\n"), at("### Tables"));
    EXPECT_NE(
        at("| privileged | ▼ opened | certain | privileged-container | root on the host |\n"),
        std::string::npos);
    EXPECT_NE(
        at("| certain | console-input-devices&#64;/dev/tty0 and 70 alike | a device of the host |\n"),
        std::string::npos)
        << *text; // one row for seventy-one devices
    EXPECT_NE(at("<summary>Picture of the paths of privileged</summary>"), std::string::npos);
    EXPECT_NE(at("privileged opens "), std::string::npos) << "the headline says so";
}

TEST_F(ResolveTest, BadReferencesSayWhatIsWrong) {
    EXPECT_EQ(errorOf("pid:"), "pid:: expected a process number, as in pid:1234");
    EXPECT_EQ(errorOf("pid:12x"), "pid:12x: expected a process number, as in pid:1234");
    EXPECT_EQ(errorOf("/no/such/file"), "/no/such/file: no such file or folder");
    EXPECT_EQ(
        errorOf("web"),
        "web: no such file or folder; a container is named docker:web, podman:web or oci:web, "
        "as bulkhead list shows it");
    EXPECT_EQ(errorOf("image:web.tar"), "web.tar: no such file or folder");
    EXPECT_EQ(
        errorOf("bpf:filter.bpf"), "bpf:filter.bpf: a filter alone is no boundary; bulkhead seccomp show, "
                                   "disasm, diff and eval read it");
    const std::string other = write("other.yaml", "kind: Something\n");
    EXPECT_TRUE(errorOf(other).starts_with(other + ": no document that Bulkhead reads; tried: "));
    EXPECT_NE(errorOf("pid:4194304").find("no such process"), std::string::npos);
}

TEST_F(ResolveTest, TwinsAreNumbered) {
    const std::string file = write("a.json", wire::writeSnapshot(samples::dockerDefault()));
    const auto found = resolveReferences({file, file});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->at(1).name, "default (2)");
}

TEST(CommonVantage, IsTheStrongestThatAllHave) {
    auto views = samples::four();
    EXPECT_EQ(commonVantage(views), model::Vantage::enforced);
    views[1].enforced.reset();
    EXPECT_EQ(commonVantage(views), model::Vantage::declared);
    views[2].declared.reset();
    EXPECT_FALSE(commonVantage(views));
}

} // namespace
} // namespace bulkhead::session
