// SPDX-License-Identifier: MIT
#include "common/storage/paths.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/error.h"
#include "common/util/text.h"

namespace aircheck::storage {
namespace {

constexpr std::size_t kMaxCallsign = 64;
constexpr std::size_t kTimeLength = std::string_view("20261120T203000Z").size();
constexpr std::size_t kTakeLength = 12;
constexpr std::string_view kOpenSuffix = ".part";
constexpr std::string_view kBackupPrefix = "catalog-";
constexpr std::string_view kBackupSuffix = ".sql.gz";

// What a path of the web API may begin with, and the folders beside the stations' own. Sorted.
constexpr auto kReservedWords = std::to_array<std::string_view>({
    "assets",    "at",       "backups",   "cache",   "catalog",  "chapters", "coverage",  "daily",
    "db",        "dolist",   "events",    "favicon", "feeds",    "fri",      "friday",    "halt",
    "heartbeat", "help",     "icon",      "live",    "metrics",  "mon",      "monday",    "openapi",
    "origin",    "prune",    "reindex",   "rename",  "restart",  "robots",   "run",       "sat",
    "saturday",  "silent",   "slices",    "stats",   "sun",      "sunday",   "thu",       "thur",
    "thurs",     "thursday", "titles",    "today",   "tue",      "tues",     "tuesday",   "upgrade",
    "uuid",      "wed",      "wednesday", "weds",    "weekdays", "weekend",  "yesterday",
});
static_assert(std::ranges::is_sorted(kReservedWords));

bool IsLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsTakeId(std::string_view text) {
    return text.size() == kTakeLength && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

/// Cuts `count` characters off the end of `text`; what was cut, or nothing if it is too short.
std::string_view TakeBack(std::string_view& text, std::size_t count) {
    if (text.size() < count) return {};
    const std::string_view back = text.substr(text.size() - count);
    text.remove_suffix(count);
    return back;
}

/// One of its parts is "..".
bool Leaves(std::string_view path) {
    while (true) {
        const std::size_t end = path.find('/');
        if (path.substr(0, end) == "..") return true;
        if (end == std::string_view::npos) return false;
        path.remove_prefix(end + 1);
    }
}

void MakeFolder(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw std::system_error(error, "cannot make the folder " + path.string());
}

}  // namespace

bool IsReservedWord(std::string_view text) {
    return std::ranges::binary_search(kReservedWords, text);
}

bool IsCallsign(std::string_view text) {
    if (text.empty() || text.size() > kMaxCallsign || text.front() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return IsLowerOrDigit(c) || c == '-'; }) &&
           !IsReservedWord(text);
}

std::string FormatSegmentName(const SegmentName& name) {
    return fmt::format("{}-{}-{}.{}{}", name.station, time::FormatBasic(name.start), name.take,
                       audio::Extension(name.codec), name.open ? kOpenSuffix : "");
}

std::optional<SegmentName> ParseSegmentName(std::string_view file_name) {
    // From the end, because callsigns may hold hyphens and everything behind them has its length.
    SegmentName name;
    if (file_name.ends_with(kOpenSuffix)) {
        name.open = true;
        file_name.remove_suffix(kOpenSuffix.size());
    }
    const std::size_t dot = file_name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto codec = audio::CodecFromExtension(file_name.substr(dot + 1));
    file_name.remove_suffix(file_name.size() - dot);

    const std::string_view take = TakeBack(file_name, kTakeLength);
    if (!codec || !IsTakeId(take) || TakeBack(file_name, 1) != "-") return std::nullopt;
    const auto start = time::ParseBasic(TakeBack(file_name, kTimeLength));
    if (!start || TakeBack(file_name, 1) != "-" || !IsCallsign(file_name)) return std::nullopt;

    name.station = file_name;
    name.start = *start;
    name.take = take;
    name.codec = *codec;
    return name;
}

std::filesystem::path Layout::PidFile(std::string_view process) const {
    return Run() / (std::string(process) + ".pid");
}

std::filesystem::path Layout::PidFile(std::string_view process, int pid) const {
    return PidFile(std::string(process) + "-" + std::to_string(pid));
}

std::filesystem::path Layout::FormerPidFile(std::string_view process) const {
    return Run() / (std::string(process) + ".pid.old");
}

std::filesystem::path Layout::Backup(time::SysTime made) const {
    return Backups() / fmt::format("{}{}{}", kBackupPrefix, time::FormatBasic(made), kBackupSuffix);
}

std::optional<time::SysTime> Layout::ParseBackup(std::string_view file_name) {
    if (!file_name.starts_with(kBackupPrefix) || !file_name.ends_with(kBackupSuffix) ||
        file_name.size() < kBackupPrefix.size() + kBackupSuffix.size())
        return std::nullopt;
    file_name.remove_prefix(kBackupPrefix.size());
    file_name.remove_suffix(kBackupSuffix.size());
    return time::ParseBasic(file_name);
}

std::filesystem::path Layout::CachedObject(std::string_view key) const {
    const auto parts = util::Split(key, '/');
    const auto name = parts.size() == 4 ? ParseSegmentName(parts[3]) : std::nullopt;
    if (!name || name->open || !IsTakeId(parts[0]) ||
        key.substr(parts[0].size() + 1) != RelativeSegmentPath(*name))
        throw std::invalid_argument("not the key of a segment: \"" + std::string(key) + "\"");
    return Cache() / fmt::format("{}-{}", parts[0], parts[3]);
}

std::filesystem::path Layout::TakeoverSocket(std::string_view worker, int generation) const {
    return Run() / (std::string(worker) + "." + std::to_string(generation));
}

std::filesystem::path Layout::Streams(std::string_view station) const {
    return root_ / station / "streams";
}

std::string Layout::RelativeSegmentPath(const SegmentName& name) {
    return name.station + "/streams/" + FormatSegmentName(name);
}

std::filesystem::path Layout::Resolve(std::string_view relative) const {
    if (relative.empty() || relative.find('\0') != std::string_view::npos ||
        relative.front() == '/' || Leaves(relative))
        throw std::invalid_argument("not a path inside the storage folder: \"" +
                                    std::string(relative) + "\"");
    return root_ / relative;
}

void Layout::Create() const {
    MakeFolder(root_);
    // Sockets that obey commands live here: nobody else may enter.
    if (::mkdir(Run().c_str(), 0700) != 0 && errno != EEXIST)
        util::ThrowErrno("cannot make the folder " + Run().string());
}

void Layout::CreateStation(std::string_view station) const {
    MakeFolder(Streams(station));
}

std::string NewTakeId() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number)
        util::ThrowErrno("cannot get random numbers");
    return fmt::format("{:016x}", number).substr(0, kTakeLength);
}

}  // namespace aircheck::storage
