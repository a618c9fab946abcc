// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "common/time/clock.h"

namespace aircheck::webapi {

/// Which objects were found missing or changed, so that they count as gaps from the beginning. For
/// some minutes only: somebody may put them right. Any thread.
class LostObjects {
public:
    explicit LostObjects(const time::Clock& clock) : clock_(clock) {}

    /// False if that is known already.
    bool Add(const std::string& object, const char* cause);

    /// As the cause of a gap; "" if nothing is wrong with it.
    std::string CauseOf(const std::string& object) const;

private:
    struct Entry {
        const char* cause;
        time::SteadyTime until;
    };

    const time::Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace aircheck::webapi
