#include "core/model/named_enum.h"
#include "core/model/snapshot.h"

#include <gtest/gtest.h>
#include <set>

namespace bulkhead::model {
namespace {

template <class E>
class NamedEnum : public ::testing::Test {};

using Enums =
    ::testing::Types<Stage, Vantage, Compare, NamespaceType, MountKind, Exposure, DeviceClass, SeccompMode>;
TYPED_TEST_SUITE(NamedEnum, Enums);

TYPED_TEST(NamedEnum, everyNameLeadsBackToItsValueAndNoOther) {
    std::set<std::string_view> names;
    std::set<TypeParam> values;
    for (const auto& [value, name] : Names<TypeParam>::names) {
        EXPECT_EQ(nameOf(value), name);
        EXPECT_EQ(valueNamed<TypeParam>(name), value);
        EXPECT_FALSE(name.empty());
        names.insert(name);
        values.insert(value);
    }
    EXPECT_EQ(names.size(), Names<TypeParam>::names.size());
    EXPECT_EQ(values.size(), Names<TypeParam>::names.size());
}

// The values are numbered from 0, so the one after the last named must not exist.
TYPED_TEST(NamedEnum, namesFollowTheDeclarationWithoutAHole) {
    int next = 0;
    for (const auto& [value, name] : Names<TypeParam>::names) {
        EXPECT_EQ(static_cast<int>(value), next++) << name;
    }
}

TYPED_TEST(NamedEnum, refusesUnknownWords) {
    EXPECT_EQ(valueNamed<TypeParam>(""), std::nullopt);
    EXPECT_EQ(valueNamed<TypeParam>("?"), std::nullopt);
    EXPECT_EQ(valueNamed<TypeParam>("nonsense"), std::nullopt);
}

TEST(NamedEnum, aValueOutsideTheSetPrintsAQuestionMark) {
    EXPECT_EQ(nameOf(static_cast<Vantage>(17)), "?");
}

// The words of the command line's contract and of namespaces(7).
TEST(NamedEnum, wordsOfTheContract) {
    EXPECT_EQ(nameOf(Vantage::enforced), "enforced");
    EXPECT_EQ(nameOf(Stage::checkpoint), "Namespaces / caps");
    EXPECT_EQ(nameOf(NamespaceType::mnt), "mnt");
    EXPECT_EQ(nameOf(Exposure::readonly), "readonly");
    EXPECT_EQ(valueNamed<NamespaceType>("Pid"), std::nullopt);
}

} // namespace
} // namespace bulkhead::model
