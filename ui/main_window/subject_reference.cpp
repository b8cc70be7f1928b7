#include "ui/main_window/subject_reference.h"

namespace bulkhead::main_window {

std::string referenceOf(const models::LibraryEntry& entry) {
    switch (entry.group) {
    case models::SubjectGroup::live:
        return entry.view.enforced ? entry.view.enforced->subject.ref : entry.origin.toStdString();
    case models::SubjectGroup::lab:
    case models::SubjectGroup::recorded: {
        const model::Snapshot* of = entry.view.at(model::Vantage::enforced);
        const std::string ref = of == nullptr ? std::string() : of->subject.ref;
        return ref.starts_with("lab:") ? ref : "lab:" + entry.view.name;
    }
    default:
        return entry.origin.toStdString();
    }
}

} // namespace bulkhead::main_window
