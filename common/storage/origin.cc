// SPDX-License-Identifier: MIT
#include "common/storage/origin.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>

#include "common/util/error.h"
#include "common/util/text.h"
#include "common/util/unique_fd.h"

namespace aircheck::storage {
namespace {

constexpr std::size_t kDigits = 12;

std::optional<std::string> Read(const std::filesystem::path& path) {
    const util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::nullopt;
    if (!file) util::ThrowErrno("cannot open " + path.string());
    std::array<char, 64> text{};
    const ssize_t length = ::read(file.get(), text.data(), text.size());
    if (length < 0) util::ThrowErrno("cannot read " + path.string());
    const auto origin = util::Trim({text.data(), static_cast<std::size_t>(length)});
    if (!IsOrigin(origin))
        throw std::runtime_error(path.string() +
                                 " should hold twelve hexadecimal digits, by which this storage "
                                 "knows its objects in the cloud, and does not: put it back as it "
                                 "was, or remove it to begin anew");
    return std::string(origin);
}

/// Whole, on the disk, and never over one that is there.
void Make(const std::filesystem::path& path) {
    auto fresh = path;
    fresh += ".new-" + std::to_string(::getpid());
    const util::UniqueFd file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) util::ThrowErrno("cannot make " + fresh.string());
    const std::string text = NewTakeId() + "\n";
    const bool written =
        ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file.get()) == 0 && (::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(fresh.c_str());
    if (!written) util::ThrowErrno(error, "cannot write " + path.string());
}

}  // namespace

bool IsOrigin(std::string_view text) {
    return text.size() == kDigits && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string ObjectKey(std::string_view origin, std::string_view path) {
    return std::string(origin) + "/" + std::string(path);
}

std::optional<SegmentName> ParseObjectKey(std::string_view origin, std::string_view key) {
    const auto slash = key.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto name = ParseSegmentName(key.substr(slash + 1));
    if (!name || name->open || ObjectKey(origin, Layout::RelativeSegmentPath(*name)) != key)
        return std::nullopt;
    return name;
}

std::string BackupPrefix(std::string_view origin) {
    return std::string(origin) + "/backups/";
}

std::string Origin(const Layout& layout) {
    const auto path = layout.OriginFile();
    if (auto origin = Read(path)) return *std::move(origin);
    Make(path);
    if (auto origin = Read(path)) return *std::move(origin);
    throw std::runtime_error(path.string() + " has been removed");
}

}  // namespace aircheck::storage
