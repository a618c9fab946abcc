// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace aircheck::webapi {

/// As text or in a quoted attribute, of HTML and of XML.
std::string EscapeHtml(std::string_view text);

}  // namespace aircheck::webapi
