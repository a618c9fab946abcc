// SPDX-License-Identifier: MIT
#include "common/cloud/text.h"

#include <openssl/evp.h>

#include <algorithm>

#include "common/util/percent.h"

namespace aircheck::cloud {

std::string EncodePath(std::string_view path) {
    return util::PercentEncode(path, "/");
}

std::string DecodePercent(std::string_view text) {
    return util::PercentDecode(text).value_or(std::string(text));
}

std::string Base64(std::span<const std::uint8_t> bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    text.pop_back();
    return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    const auto padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
    if (padding > 2) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

std::string CleanPrefix(std::string_view prefix) {
    while (prefix.starts_with('/')) prefix.remove_prefix(1);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    return std::string(prefix);
}

}  // namespace aircheck::cloud
