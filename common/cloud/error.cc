// SPDX-License-Identifier: MIT
#include "common/cloud/error.h"

namespace aircheck::cloud {

const char* KindText(CloudError::Kind kind) noexcept {
    switch (kind) {
        case CloudError::Kind::kDown:
            return "down";
        case CloudError::Kind::kRefused:
            return "refused";
        case CloudError::Kind::kMissing:
            return "missing";
        case CloudError::Kind::kChanged:
            return "changed";
        case CloudError::Kind::kStopped:
            return "stopped";
    }
    return "unknown";
}

}  // namespace aircheck::cloud
