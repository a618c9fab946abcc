// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace aircheck::cloud {

/// Why an object store did not do what it was asked. `what()` is one sentence for the log, without
/// secrets: no key, password, signature or query of a URL is ever in it.
class CloudError : public std::runtime_error {
public:
    enum class Kind {
        kDown,     // out of reach, too slow, or out of order: try later
        kRefused,  // credentials, host key, bucket, rights: needs a person
        kMissing,  // there is no such object
        kChanged,  // what is there, or what arrived, is not what was expected
        kStopped,  // the quit flag was set
    };

    CloudError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}

    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// "down", "refused", "missing", "changed" or "stopped".
const char* KindText(CloudError::Kind kind) noexcept;

}  // namespace aircheck::cloud
