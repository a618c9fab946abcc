// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aircheck::webapi {

/// What a player makes of a stream with a block after every 16,000 bytes.
struct IcyStream {
    std::string sound;
    std::vector<std::string> blocks;  // the titles; "-" for an empty block

    explicit IcyStream(std::string_view bytes) {
        while (bytes.size() > 16'000) {
            sound += bytes.substr(0, 16'000);
            bytes.remove_prefix(16'000);
            const std::size_t size = 16 * static_cast<unsigned char>(bytes.front());
            if (bytes.size() <= size) return;
            const std::string_view block = bytes.substr(1, size);
            const std::size_t end = block.find("';");
            blocks.emplace_back(block.empty() ? "-" : block.substr(13, end - 13));
            bytes.remove_prefix(1 + size);
        }
        sound += bytes;
    }
};

}  // namespace aircheck::webapi
