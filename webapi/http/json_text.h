// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace aircheck::webapi {

/// The value as JSON, with numbers as people write them: Boost's own serializer makes 12.5 into
/// 1.25E1, which few shell scripts expect.
std::string JsonText(const boost::json::value& value);

}  // namespace aircheck::webapi
