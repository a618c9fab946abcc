// SPDX-License-Identifier: MIT
#include "common/util/error.h"

#include <cerrno>
#include <system_error>

namespace aircheck::util {

std::string DescribeException(const std::exception& error) {
    std::string text = error.what();
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception& cause) {
        text += ": " + DescribeException(cause);
    } catch (...) {
        text += ": unknown cause";
    }
    return text;
}

std::string DescribeException(std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& known) {
        return DescribeException(known);
    } catch (...) {
        return "unknown error";
    }
}

void ThrowErrno(const std::string& what) {
    ThrowErrno(errno, what);
}

void ThrowErrno(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

std::string ErrnoText(int error) {
    return std::generic_category().message(error);
}

}  // namespace aircheck::util
