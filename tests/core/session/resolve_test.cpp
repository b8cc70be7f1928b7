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

TEST_F(ResolveTest, EachDocumentAsksForAPodOfItsOwn) {
    const auto podOf = [](const std::string& image) {
        return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, image: " +
               image + "}\n  - {name: b, image: i}\n";
    };
    const std::string one = write("one.yaml", podOf("i"));
    const std::string two = write("two.yaml", podOf("j"));
    const auto sharers = [](const std::vector<std::string>& references) {
        std::vector<std::vector<std::string>> out;
        auto found = resolveReferences(references);
        EXPECT_TRUE(found) << found.error().message;
        for (const diagram::SubjectView& view : *found) {
            out.push_back(view.declared->namespaces.at(model::NamespaceType::net).sharedWith);
        }
        return out;
    };
    using Names = std::vector<std::vector<std::string>>;
    const Names apart = {{"pod/p/b"}, {"pod/p/a"}, {"pod/p/b (2)"}, {"pod/p/a (2)"}};
    EXPECT_EQ(sharers({one, two}), apart);
    EXPECT_EQ(sharers({one + "#pod/p/a", two + "#pod/p/a"}), (Names{{}, {}}));
    EXPECT_EQ(sharers({one + "#pod/p/a", one + "#pod/p/b"}), (Names{{"pod/p/b"}, {"pod/p/a"}}));
    EXPECT_EQ(sharers({one + "#pod/p/a", one + "#pod/p/a"}), (Names{{}, {}}));
}

TEST_F(ResolveTest, AServiceJoinsOneOfItsOwnDocument) {
    const std::string text =
        "name: x\nservices: {db: {image: i}, web: {image: i, network_mode: 'service:db'}}\n";
    const std::string one = write("one.yaml", text);
    const std::string two = write("two.yaml", text);
    const auto found = resolveReferences({one, two});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 4U);
    for (const diagram::SubjectView& view : *found) {
        const bool first = !view.name.ends_with(" (2)");
        for (const std::string& other : view.declared->namespaces.at(model::NamespaceType::net).sharedWith) {
            EXPECT_EQ(!other.ends_with(" (2)"), first) << view.name << " with " << other;
        }
    }
    EXPECT_EQ(found->at(3).declared->namespaces.at(model::NamespaceType::net).sharedWith.size(), 1U);
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
