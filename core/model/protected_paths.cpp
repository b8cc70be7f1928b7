#include "core/model/protected_paths.h"

namespace bulkhead::model {

const std::vector<SensitivePath>& sensitivePaths() {
    static const std::vector<SensitivePath> kPaths = {
        {"/proc/acpi", "power and hardware control", false},
        {"/proc/asound", "sound hardware", false},
        {"/proc/bus", "hardware registers of the PCI bus", true},
        {"/proc/fs", "controls of file system drivers", true},
        {"/proc/interrupts", "timing of the host's input (side channel)", false},
        {"/proc/irq", "interrupt routing of the host", true},
        {"/proc/kcore", "the kernel's memory", false},
        {"/proc/keys", "names of keys of other users", false},
        {"/proc/latency_stats", "scheduling of host processes", false},
        {"/proc/sched_debug", "scheduling of host processes", false},
        {"/proc/scsi", "hot-plug of SCSI devices", false},
        {"/proc/sys", "kernel settings, core_pattern among them", true},
        {"/proc/sysrq-trigger", "reboot, crash and kill of the host", true},
        {"/proc/timer_list", "timing of host processes", false},
        {"/proc/timer_stats", "timing of host processes", false},
        {"/sys/devices/virtual/powercap", "power readings (side channel)", false},
        {"/sys/firmware", "firmware tables and variables", false},
        {"/sys/fs/selinux", "the SELinux policy", false},
        {"/sys/kernel", "kernel objects: uevent_helper, debugfs, tracing", true},
    };
    return kPaths;
}

} // namespace bulkhead::model
