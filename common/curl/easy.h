// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace aircheck::curl {

/// Initialises libcurl once a process; before threads start.
void GlobalInit();

/// Owns a list of header lines.
class HeaderList {
public:
    void Append(const std::string& line);
    curl_slist* get() const noexcept { return list_.get(); }

private:
    struct Free {
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, Free> list_;
};

/// Owns one easy handle.
class Easy {
public:
    /// Throws std::bad_alloc.
    Easy();

    /// Throws std::runtime_error naming libcurl's reason.
    template <typename T>
    void Set(CURLoption option, T value) {
        if (const CURLcode code = curl_easy_setopt(handle_.get(), option, value); code != CURLE_OK)
            throw std::runtime_error(std::string("libcurl option refused: ") +
                                     curl_easy_strerror(code));
    }

    template <typename T>
    T Info(CURLINFO info) const {
        T value{};
        curl_easy_getinfo(handle_.get(), info, &value);
        return value;
    }

    CURL* get() const noexcept { return handle_.get(); }

private:
    struct Cleanup {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    };
    std::unique_ptr<CURL, Cleanup> handle_;
};

}  // namespace aircheck::curl
