// SPDX-License-Identifier: MIT
#include "downloader/cause.h"

namespace aircheck::downloader {

std::string CauseOf(CURLcode code, long http_status) {
    switch (code) {
        case CURLE_OK:
            return http_status >= 300 ? "http " + std::to_string(http_status)
                                      : cause::kServerClosed;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return "dns";
        case CURLE_COULDNT_CONNECT:
            return "refused";
        case CURLE_OPERATION_TIMEDOUT:
            return cause::kStalled;
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE:
        case CURLE_SEND_ERROR:
            return cause::kServerClosed;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
            return "tls";
        case CURLE_TOO_MANY_REDIRECTS:
            return "too many redirects";
        default:
            return curl_easy_strerror(code);
    }
}

}  // namespace aircheck::downloader
