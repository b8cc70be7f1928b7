#include "core/os/fd.h"

#include <unistd.h>

namespace bulkhead::os {

void Fd::reset() {
    if (m_number >= 0) {
        ::close(m_number);
    }
    m_number = -1;
}

} // namespace bulkhead::os
