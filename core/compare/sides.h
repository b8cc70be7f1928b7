#pragma once

namespace bulkhead::compare {

/// The two sides of a comparison, named so that they cannot be swapped by accident.
template <class T>
struct Sides {
    T baseline;
    T candidate;
};

} // namespace bulkhead::compare
