// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aircheck::cloud {

/// What is sent. One thread.
class Body {
public:
    Body() = default;
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    virtual ~Body() = default;

    virtual std::uint64_t size() const = 0;

    /// The next bytes; none at the end. Throws CloudError.
    virtual std::size_t Read(std::span<std::byte> into) = 0;

    /// From the start again: a connection that was open may turn out to be dead.
    virtual void Rewind() = 0;
};

class TextBody final : public Body {
public:
    /// `text` outlives this.
    explicit TextBody(std::string_view text) : text_(text) {}

    std::uint64_t size() const override { return text_.size(); }
    std::size_t Read(std::span<std::byte> into) override;
    void Rewind() override { done_ = 0; }

private:
    const std::string_view text_;
    std::size_t done_ = 0;
};

/// A part of a file.
class FileBody final : public Body {
public:
    /// `file` outlives this.
    FileBody(int file, std::uint64_t offset, std::uint64_t size)
        : file_(file), offset_(offset), size_(size) {}

    std::uint64_t size() const override { return size_; }
    std::size_t Read(std::span<std::byte> into) override;
    void Rewind() override { done_ = 0; }

private:
    const int file_;
    const std::uint64_t offset_;
    const std::uint64_t size_;
    std::uint64_t done_ = 0;
};

}  // namespace aircheck::cloud
