// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aircheck::cli {

/// The URL with "http://" before it if it has no scheme. Throws std::invalid_argument, with a
/// sentence that names it, if it is not the http or https URL of some host.
std::string CheckStreamUrl(std::string_view text);

/// A callsign for each checked URL, from the telling words of its path or else its host:
/// "https://ice1.somafm.com/groovesalad-128-mp3" becomes "groovesalad". Valid, and all different.
std::vector<std::string> MakeCallsigns(const std::vector<std::string>& urls);

}  // namespace aircheck::cli
