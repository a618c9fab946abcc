// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string_view>

#include "proto/messages.h"

namespace aircheck::proto {

/// Calls `use` with the JSON object of a message of our version; else says why there is none.
/// The object lives until `use` returns.
std::optional<DecodeError> ParseMessage(std::string_view text,
                                        const std::function<void(const boost::json::object&)>& use);

}  // namespace aircheck::proto
