#include "ui/main_window/shared_judge.h"

#include <mutex>

namespace bulkhead::main_window {

namespace {

/// What those who ask share.
struct Opened {
    std::mutex mutex;
    std::shared_ptr<const threat::Judge> judge;
};

} // namespace

decltype(Services::openJudge) openedOnce(decltype(Services::openJudge) open) {
    if (!open) {
        return open;
    }
    return [open = std::move(open),
            opened = std::make_shared<Opened>()]() -> base::Result<std::shared_ptr<const threat::Judge>> {
        const std::scoped_lock lock(opened->mutex);
        if (opened->judge == nullptr) {
            auto judge = open();
            if (!judge) {
                return judge;
            }
            opened->judge = std::move(*judge);
        }
        return opened->judge;
    };
}

} // namespace bulkhead::main_window
