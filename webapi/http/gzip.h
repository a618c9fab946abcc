// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "webapi/http/http.h"

namespace aircheck::webapi {

/// Whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3).
bool AcceptsGzip(std::string_view accept_encoding);

/// Makes a text smaller for who takes it so, and tells caches. Leaves alone what is short, what is
/// very long (it would keep everybody else waiting), and what is no text.
void Compress(const Request& request, Response& response);

/// `text` as a gzip file (RFC 1952). Throws std::runtime_error if there is no memory.
std::string Gzip(std::string_view text);

}  // namespace aircheck::webapi
