#pragma once

#include "core/base/error.h"
#include "core/os/fd.h"
#include "core/wire/probe_plan.h"

#include <filesystem>

namespace bulkhead::twin {

/// The probe in memory, sealed: what is executed can be written to by nobody, whoever gets hold of it
/// (CVE-2019-5736), and reading it tells nothing that is not in the file.
[[nodiscard]] base::Result<os::Fd> sealProgram(const std::filesystem::path& probe);

/// A plan in memory that two processes share. Every page of it is touched here, so that none of them counts
/// against the target.
class SharedPlan {
public:
    [[nodiscard]] static base::Result<SharedPlan> make();
    SharedPlan(SharedPlan&& other) noexcept;
    SharedPlan& operator=(SharedPlan&&) = delete;
    SharedPlan(const SharedPlan&) = delete;
    SharedPlan& operator=(const SharedPlan&) = delete;
    ~SharedPlan();

    [[nodiscard]] wire::ProbePlan& plan() const { return *m_plan; }
    [[nodiscard]] int file() const { return m_file.get(); }

private:
    SharedPlan(os::Fd file, wire::ProbePlan* plan) : m_file(std::move(file)), m_plan(plan) {}

    os::Fd m_file;
    wire::ProbePlan* m_plan = nullptr;
};

} // namespace bulkhead::twin
