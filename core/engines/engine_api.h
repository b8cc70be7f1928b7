#pragma once

#include "core/base/error.h"
#include "core/engines/engine_endpoint.h"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

namespace bulkhead::engines {

/// How long and how much an engine may answer.
struct EngineBounds {
    std::chrono::milliseconds whole{10000}; ///< from connecting to the last byte
    std::size_t size = 64UL * 1024 * 1024;  ///< bytes of the body
};

/// One request of an engine's API.
struct EngineRequest {
    std::string method = "GET";
    std::string path;        ///< with its query, percent-encoded
    std::string body;        ///< empty: none is sent
    std::string contentType; ///< of the body
};

/// The body of the answer to `GET path`, over the endpoint's Unix socket or plain TCP. NotFound for what the
/// engine does not know (its own words) and for a socket that is not there, Denied for one that may not be
/// opened, Io for a daemon that hangs, dies amid its answer, or answers more than the bounds, Unsupported
/// for addresses that need TLS or SSH (and how to forward them).
[[nodiscard]] base::Result<std::string>
askEngine(const EngineEndpoint& endpoint, const std::string& path, const EngineBounds& bounds = {});

/// The same of any request, given up with Canceled on stop; whether the engine went on is then not known.
[[nodiscard]] base::Result<std::string> callEngine(
    const EngineEndpoint& endpoint, const EngineRequest& request, const EngineBounds& bounds,
    const std::stop_token& stop);

/// A name as one segment of such a path: everything but unreserved characters percent-encoded (RFC 3986,
/// section 2.3).
[[nodiscard]] std::string pathSegment(const std::string& name);

} // namespace bulkhead::engines
