#pragma once

#include "core/engines/engine_endpoint.h"

#include <string>

namespace bulkhead::engines {

/// Where a request goes; the host of a socket's URL is a formality.
struct EngineAddress {
    std::string socket;
    std::string base = "http://localhost";
};

/// Unsupported for addresses that need TLS or SSH, with how to forward them.
[[nodiscard]] base::Result<EngineAddress> addressOf(const EngineEndpoint& endpoint);

/// Sets up a transfer (a CURL*) so that a hostile daemon sends us nowhere: only HTTP, no redirects, no proxy,
/// no credentials, no cookies.
void setUpTransfer(void* curl, const EngineAddress& address, const std::string& path);

} // namespace bulkhead::engines
