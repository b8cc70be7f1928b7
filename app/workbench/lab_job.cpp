#include "app/workbench/lab_job.h"

namespace bulkhead::workbench {

void provideLab(main_window::Services& services) {
    services.scenarios.clear();
    services.runLab = nullptr;
}

} // namespace bulkhead::workbench
