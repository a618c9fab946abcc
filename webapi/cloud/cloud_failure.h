// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "webapi/http/http.h"

namespace aircheck::webapi {

/// Sound that is in the cloud cannot be had.
class CloudFailure : public CutOff {
public:
    enum class Kind {
        kLater,  // out of reach, too slow, no room to keep it: try again
        kLost,   // it is not there any more, or something else is
    };

    CloudFailure(Kind kind, const std::string& what) : CutOff(what), kind_(kind) {}

    bool lost() const noexcept { return kind_ == Kind::kLost; }

private:
    Kind kind_;
};

}  // namespace aircheck::webapi
