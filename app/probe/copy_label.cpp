#include "app/probe/copy_label.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace bulkhead::probe {

int openLabel(const char* folder, wire::ProbePlan& plan) {
    if (plan.labelFile == wire::LabelFile::none) {
        return -1;
    }
    const int directory = ::open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const char* name = plan.labelFile == wire::LabelFile::apparmorCurrent ? "apparmor/current" : "current";
    const int file = directory < 0 ? -1 : ::openat(directory, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    plan.labelError = file < 0 ? errno : 0;
    if (directory >= 0) {
        ::close(directory);
    }
    return file;
}

void copyLabel(int file, wire::ProbePlan& plan) {
    if (file < 0) {
        return;
    }
    const std::size_t size = std::min<std::size_t>(plan.labelSize, plan.label.size());
    const ssize_t put = ::write(file, plan.label.data(), size);
    const bool whole = put >= 0 && static_cast<std::size_t>(put) == size;
    plan.labelError = whole ? 0 : put < 0 ? errno : EIO;
    ::close(file);
}

} // namespace bulkhead::probe
