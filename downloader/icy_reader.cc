// SPDX-License-Identifier: MIT
#include "downloader/icy_reader.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

#include "common/util/text.h"

namespace aircheck::downloader {
namespace {

constexpr std::size_t kBlockUnit = 16;

/// Owns a conversion to UTF-8.
class Converter {
public:
    explicit Converter(const std::string& charset)
        : handle_(iconv_open("UTF-8", charset.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (IsOpen()) iconv_close(handle_);
    }

    bool IsOpen() const {
        return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr)
    }

    /// Nullopt where `text` is not in that character set.
    std::optional<std::string> Convert(std::string text) {
        std::string converted(text.size() * 4 + 16, '\0');
        char* in = text.data();
        std::size_t in_left = text.size();
        char* out = converted.data();
        std::size_t out_left = converted.size();
        if (iconv(handle_, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1) ||
            iconv(handle_, nullptr, nullptr, &out, &out_left) == static_cast<std::size_t>(-1))
            return std::nullopt;
        converted.resize(converted.size() - out_left);
        return converted;
    }

private:
    iconv_t handle_;
};

std::string Decode(std::string_view raw, std::string_view charset) {
    std::string text(raw);
    if (!charset.empty() && !util::IsUtf8(text)) {
        if (Converter converter{std::string(charset)}; converter.IsOpen())
            if (auto converted = converter.Convert(text); converted && util::IsUtf8(*converted))
                text = std::move(*converted);
    }
    return std::string(util::Trim(util::CleanUtf8(text)));
}

}  // namespace

void IcyReader::Feed(std::span<const std::byte> data, const AudioSink& audio,
                     const MetadataSink& metadata) {
    if (metaint_ == 0) {
        if (!data.empty()) audio(data);
        return;
    }
    while (!data.empty()) {
        if (block_left_ > 0) {
            const std::size_t bytes = std::min(block_left_, data.size());
            block_.append(reinterpret_cast<const char*>(data.data()), bytes);
            data = data.subspan(bytes);
            block_left_ -= bytes;
            if (block_left_ > 0) return;
            audio_left_ = metaint_;
            metadata(block_);
            block_.clear();
        } else if (audio_left_ > 0) {
            const auto piece = data.first(std::min(audio_left_, data.size()));
            data = data.subspan(piece.size());
            audio_left_ -= piece.size();
            audio(piece);
        } else {
            block_left_ = std::to_integer<std::size_t>(data.front()) * kBlockUnit;
            data = data.subspan(1);
            if (block_left_ == 0) audio_left_ = metaint_;
        }
    }
}

std::optional<IcyTitle> ParseIcyMetadata(std::string_view block, std::string_view charset) {
    block = block.substr(0, block.find('\0'));

    std::optional<std::string_view> title;
    std::string_view url;
    while (true) {
        const std::size_t equals = block.find("='");
        if (equals == std::string_view::npos) break;
        const std::string_view key = util::Trim(block.substr(0, equals));
        block.remove_prefix(equals + 2);

        // A value that was cut off lacks its end, or half of it.
        const std::size_t end = block.find("';");
        std::string_view value = block.substr(0, end);
        if (end == std::string_view::npos && value.ends_with('\'')) value.remove_suffix(1);
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + 2);

        if (!title && util::EqualsIgnoringCase(key, "StreamTitle")) title = value;
        if (url.empty() && util::EqualsIgnoringCase(key, "StreamUrl")) url = value;
    }
    if (!title) return std::nullopt;
    return IcyTitle{Decode(*title, charset), Decode(url, charset)};
}

}  // namespace aircheck::downloader
