// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace aircheck::config {

struct FileText {
    std::string text;
    std::string error;  // a sentence; empty: read to its end
};

/// The whole file, pipes too, unless it is longer than `limit_bytes`.
FileText ReadFile(const std::filesystem::path& path, std::size_t limit_bytes);

}  // namespace aircheck::config
