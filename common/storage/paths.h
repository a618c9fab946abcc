// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/audio/codec.h"
#include "common/time/clock.h"

namespace aircheck::storage {

/// A station's name in paths and files: `[a-z0-9][a-z0-9-]*`, at most 64 characters, and not one
/// of the words that begin a path of the web API.
bool IsCallsign(std::string_view text);
bool IsReservedWord(std::string_view text);

/// What the name of a segment says.
struct SegmentName {
    std::string station;
    time::SysTime start;  // whole seconds
    std::string take;     // twelve lower-case hexadecimal digits
    audio::Codec codec = audio::Codec::kMpeg;
    bool open = false;  // still a .part

    /// Its recorder can tell soon after it has begun, and says 1970 until then.
    bool dated() const { return start >= time::SysTime{std::chrono::days{1}}; }

    bool operator==(const SegmentName&) const = default;
};

/// "{callsign}-{YYYYMMDD}T{HHMMSS}Z-{take}.{ext}", with ".part" while open.
std::string FormatSegmentName(const SegmentName& name);

/// The inverse; nullopt for every other file.
std::optional<SegmentName> ParseSegmentName(std::string_view file_name);

/// Where everything lives below the storage folder. The only place that makes paths.
/// Paths kept in the catalog are relative to the storage folder.
class Layout {
public:
    explicit Layout(std::filesystem::path storage) : root_(std::move(storage)) {}

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path Catalog() const { return root_ / "catalog.db"; }
    /// By which the storage knows its objects in the cloud (origin.h).
    std::filesystem::path OriginFile() const { return root_ / "origin"; }
    std::filesystem::path Run() const { return root_ / "run"; }
    std::filesystem::path PidFile(std::string_view process) const;
    /// Of one process among those of the same name: a worker and its replacement may live at once.
    std::filesystem::path PidFile(std::string_view process, int pid) const;
    /// What the instance takes UTC to be (clock_file.h).
    std::filesystem::path ClockFile() const { return Run() / "clock"; }
    /// Which segment is being decoded (loudness/attempts.h).
    std::filesystem::path LoudnessAttempts() const { return Run() / "loudness"; }
    /// Of the older one of two, as long as it is one of two.
    std::filesystem::path FormerPidFile(std::string_view process) const;
    std::filesystem::path Streams(std::string_view station) const;

    std::filesystem::path Backups() const { return root_ / "backups"; }
    /// "backups/catalog-20261120T203000Z.sql.gz"
    std::filesystem::path Backup(time::SysTime made) const;
    /// When a file of that name was made; nullopt for every other file.
    static std::optional<time::SysTime> ParseBackup(std::string_view file_name);

    /// What is read from the cloud is kept here for a while. It may be deleted at any instant.
    std::filesystem::path Cache() const { return root_ / "cache"; }
    /// Of an object by its key, "{origin}/{station}/streams/{file}": "cache/{origin}-{file}".
    /// Throws std::invalid_argument for any other key.
    std::filesystem::path CachedObject(std::string_view key) const;

    /// The Unix socket that a worker of this supervisor's generation takes connections over by.
    std::filesystem::path TakeoverSocket(std::string_view worker, int generation) const;

    /// "kpcc/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3"
    static std::string RelativeSegmentPath(const SegmentName& name);

    /// Resolves a path from the catalog. Throws std::invalid_argument if it is absolute or would
    /// leave the storage folder.
    std::filesystem::path Resolve(std::string_view relative) const;

    /// Makes the storage folder, `run` (mode 0700) and one `{callsign}/streams` per station.
    /// Throws std::system_error naming the folder that cannot be made.
    void Create() const;
    void CreateStation(std::string_view station) const;

private:
    std::filesystem::path root_;
};

/// Twelve random hexadecimal digits: of a million takes in one archive, two share an id with a
/// chance of one in five hundred.
std::string NewTakeId();

}  // namespace aircheck::storage
