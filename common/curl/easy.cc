// SPDX-License-Identifier: MIT
#include "common/curl/easy.h"

#include <new>

namespace aircheck::curl {

void GlobalInit() {
    // curl_global_init is not safe with threads; a local static is, and runs once.
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        throw std::runtime_error(std::string("cannot initialise libcurl: ") +
                                 curl_easy_strerror(code));
}

void HeaderList::Append(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    // The head stays the same once there is one.
    static_cast<void>(list_.release());
    list_.reset(longer);
}

Easy::Easy() : handle_(curl_easy_init()) {
    if (!handle_) throw std::bad_alloc();
    // Signals would interrupt other parts of the process.
    Set(CURLOPT_NOSIGNAL, 1L);
}

}  // namespace aircheck::curl
