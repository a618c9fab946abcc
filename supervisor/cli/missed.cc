// SPDX-License-Identifier: MIT
#include "supervisor/cli/missed.h"

#include <boost/json/parse.hpp>

namespace aircheck::cli {
namespace {

namespace json = boost::json;

/// 0 where there is none.
std::uint64_t Number(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    boost::system::error_code error;
    const auto number = value != nullptr ? value->to_number<std::uint64_t>(error) : 0;
    return error ? 0 : number;
}

}  // namespace

std::uint64_t MissedMessages::Take(const std::string& topic, const std::string& text) {
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_object()) return 0;
    const std::uint64_t n = Number(value.get_object(), "n");
    if (n == 0) return 0;
    Last& last = last_[topic];
    const Last before = std::exchange(last, {n, Number(value.get_object(), "by")});
    if (before.by != last.by || n <= before.n) return 0;
    const std::uint64_t missed = n - before.n - 1;
    total_ += missed;
    return missed;
}

}  // namespace aircheck::cli
