// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace aircheck::util {

/// One line: the outer message, then each nested cause, joined by ": ".
std::string DescribeException(const std::exception& error);
std::string DescribeException(std::exception_ptr error);

/// Throws std::system_error with `errno` at the time of the call.
/// `what` names the object, as in "cannot open /var/radio/catalog.db".
[[noreturn]] void ThrowErrno(const std::string& what);
[[noreturn]] void ThrowErrno(int error, const std::string& what);

/// The text of an errno value, as `strerror` but safe with threads.
std::string ErrnoText(int error);

}  // namespace aircheck::util
