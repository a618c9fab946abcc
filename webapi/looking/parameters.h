// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "webapi/services.h"

namespace aircheck::webapi {

/// What a name in the patterns and queries of the table means, wherever it stands.
struct Parameter {
    std::string_view name;
    std::string_view description;
    std::string_view example;
};

/// One of no words if the name is unknown.
Parameter FindParameter(std::string_view name);

/// Whether a path like this has examples of its own.
bool IsSpecial(std::string_view pattern);

/// A value that this instance answers now, for those where none can be written down beforehand:
/// `station`, and what is of the minute that has just ended. "" for all others.
std::string ExampleHere(std::string_view name, std::string_view pattern, const Services& services);

}  // namespace aircheck::webapi
