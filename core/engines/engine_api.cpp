#include "core/engines/engine_api.h"

#include "core/engines/curl_setup.h"

#include <cerrno>
#include <curl/curl.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::engines {

using base::ErrorKind;
using Json = nlohmann::json;

namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

/// What arrived so far, and how much may.
struct Body {
    std::string bytes;
    std::size_t limit = 0;
    bool overflowed = false;
};

std::size_t take(const char* data, std::size_t, std::size_t count, void* target) {
    Body& body = *static_cast<Body*>(target);
    if (body.bytes.size() + count > body.limit) {
        body.overflowed = true;
        return 0; // ends the transfer
    }
    body.bytes.append(data, count);
    return count;
}

/// Why a socket cannot even be opened, where that is plain to see.
base::Status checkSocket(const std::string& path) {
    struct stat state{};
    if (::stat(path.c_str(), &state) != 0) {
        return base::failErrno(errno, path);
    }
    if (!S_ISSOCK(state.st_mode)) {
        return base::fail(ErrorKind::malformed, path + ": not a socket");
    }
    if (::access(path.c_str(), R_OK | W_OK) != 0) {
        return base::fail(
            ErrorKind::denied, path + ": " + base::errnoName(errno) +
                                   "; needs root or membership in the group that owns the socket");
    }
    return {};
}

/// The daemon's own words: {"message": "No such container: x"}.
std::string messageOf(const std::string& body, long status) {
    const Json json = Json::parse(body, nullptr, false);
    const auto found = json.is_object() ? json.find("message") : json.end();
    const bool said = json.is_object() && found != json.end() && found->is_string();
    return said ? found->get<std::string>() : "status " + std::to_string(status);
}

base::Status checkStatus(const EngineEndpoint& endpoint, long status, const std::string& body) {
    if (status >= 200 && status < 300) {
        return {};
    }
    const ErrorKind kind = status == 404                    ? ErrorKind::notFound
                           : status == 400                  ? ErrorKind::malformed
                           : status == 401 || status == 403 ? ErrorKind::denied
                                                            : ErrorKind::io;
    return base::fail(kind, std::string(nameOf(endpoint.engine)) + ": " + messageOf(body, status));
}

base::Error
transferError(CURLcode code, const EngineEndpoint& endpoint, const Body& body, const EngineBounds& bounds) {
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return {ErrorKind::canceled, "interrupted"};
    }
    const std::string who =
        std::string(nameOf(endpoint.engine)) + " at " + endpoint.url + " (" + endpoint.namedBy + ")";
    if (body.overflowed) {
        return {ErrorKind::io, who + ": answered more than " + std::to_string(body.limit) + " bytes"};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return {
            ErrorKind::io, who + ": no whole answer within " + std::to_string(bounds.whole.count()) + " ms"};
    }
    if (code == CURLE_COULDNT_CONNECT) {
        return {ErrorKind::notFound, who + ": nothing listens there"};
    }
    return {ErrorKind::io, who + ": " + curl_easy_strerror(code)};
}

/// Asked by libcurl about once a second, and whenever bytes move; anything but 0 gives the request up.
int stopAsked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// What the request says beyond its address. The headers live as long as the transfer.
Headers setUpRequest(CURL* curl, const EngineRequest& request, const std::stop_token& stop) {
    Headers headers(nullptr, curl_slist_free_all);
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        const std::string type = "Content-Type: " + request.contentType;
        headers.reset(
            curl_slist_append(nullptr, request.contentType.empty() ? "Content-Type:" : type.c_str()));
        headers.reset(curl_slist_append(headers.release(), "Expect:")); // no round trip before the body
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    }
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stopAsked);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
    return headers;
}

} // namespace

base::Result<std::string>
askEngine(const EngineEndpoint& endpoint, const std::string& path, const EngineBounds& bounds) {
    return callEngine(endpoint, {"GET", path, "", ""}, bounds, {});
}

base::Result<std::string> callEngine(
    const EngineEndpoint& endpoint, const EngineRequest& request, const EngineBounds& bounds,
    const std::stop_token& stop) {
    const auto address = addressOf(endpoint);
    if (!address) {
        return std::unexpected(address.error());
    }
    if (!address->socket.empty()) {
        if (auto usable = checkSocket(address->socket); !usable) {
            return std::unexpected(usable.error().in(nameOf(endpoint.engine)));
        }
    }
    const Handle curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) {
        return base::fail(ErrorKind::io, "libcurl cannot be initialised");
    }
    Body body;
    body.limit = bounds.size;
    setUpTransfer(curl.get(), *address, request.path);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(bounds.whole.count()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    const Headers headers = setUpRequest(curl.get(), request, stop);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        return std::unexpected(transferError(code, endpoint, body, bounds));
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (auto good = checkStatus(endpoint, status, body.bytes); !good) {
        return std::unexpected(good.error());
    }
    return std::move(body.bytes);
}

std::string pathSegment(const std::string& name) {
    constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : name) {
        if (kUnreserved.contains(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
        }
    }
    return out;
}

} // namespace bulkhead::engines
