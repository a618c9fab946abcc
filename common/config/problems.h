// SPDX-License-Identifier: MIT
#pragma once

#include <yaml-cpp/mark.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"

namespace aircheck::config {

/// Gathers what is wrong with one file.
class Problems {
public:
    explicit Problems(std::string file) : file_(std::move(file)) {}

    void Add(const YAML::Mark& mark, std::string key, std::string_view message);

    std::size_t size() const { return problems_.size(); }

    /// In the file's order; those of the file as a whole first.
    std::vector<Problem> TakeSorted();

private:
    std::string file_;
    std::vector<Problem> problems_;
};

/// Printable, on one line and not too long.
std::string Shorten(std::string_view text);

/// `"text"` for a message; what may hold user:password@ is not shown.
std::string Quote(std::string_view text);

/// `unknown key; did you mean "x"?`, or the few that are known if none is near.
std::string UnknownKey(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace aircheck::config
