#include "core/engines/curl_setup.h"

#include <curl/curl.h>

namespace bulkhead::engines {

using base::ErrorKind;

base::Result<EngineAddress> addressOf(const EngineEndpoint& endpoint) {
    const std::string& url = endpoint.url;
    if (url.starts_with("unix://")) {
        return EngineAddress{endpoint.socketPath(), "http://localhost"};
    }
    if (url.starts_with("tcp://")) {
        return EngineAddress{"", "http://" + url.substr(6)};
    }
    const std::string where = url + " (" + endpoint.namedBy + ")";
    if (url.starts_with("ssh://")) {
        return base::fail(
            ErrorKind::unsupported,
            where + ": engines behind SSH are not asked; forward the socket: ssh -nNT -L /tmp/engine.sock:"
                    "/run/docker.sock HOST, and name unix:///tmp/engine.sock");
    }
    return base::fail(ErrorKind::unsupported, where + ": expected unix://PATH or tcp://HOST:PORT");
}

void setUpTransfer(void* curl, const EngineAddress& address, const std::string& path) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_URL, (address.base + path).c_str()); // libcurl keeps a copy
    if (!address.socket.empty()) {
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, address.socket.c_str());
    }
}

} // namespace bulkhead::engines
