// SPDX-License-Identifier: MIT
#pragma once

#include "webapi/http/http.h"

namespace aircheck::webapi {

/// A body without an end that nobody hears: whoever gets it is no listener.
class SilentBody : public Body {};

}  // namespace aircheck::webapi
