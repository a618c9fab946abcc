// SPDX-License-Identifier: MIT
#include "common/archive/stream_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>

namespace aircheck::archive {
namespace {

namespace fs = std::filesystem;

void SortByTime(std::vector<storage::SegmentName>& names) {
    std::ranges::sort(names, {}, [](const storage::SegmentName& name) {
        return std::tie(name.start, name.take);
    });
}

}  // namespace

StreamFiles ListStreamFiles(const storage::Layout& layout, std::string_view station) {
    StreamFiles files;
    const fs::path folder = layout.Streams(station);
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    if (error == std::errc::no_such_file_or_directory) return files;
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        std::string file = entry->path().filename().string();
        auto name = storage::ParseSegmentName(file);
        if (!name || name->station != station)
            files.foreign.push_back(std::move(file));
        else
            (name->open ? files.open : files.finished).push_back(*std::move(name));
    }
    if (error) throw std::system_error(error, "cannot read " + folder.string());
    SortByTime(files.finished);
    SortByTime(files.open);
    std::ranges::sort(files.foreign);
    return files;
}

std::vector<std::string> StationsIn(const storage::Layout& layout) {
    std::vector<std::string> stations;
    std::error_code error;
    fs::directory_iterator entry(layout.root(), error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (storage::IsCallsign(name) && fs::is_directory(layout.Streams(name), ignored))
            stations.push_back(std::move(name));
    }
    if (error) throw std::system_error(error, "cannot read " + layout.root().string());
    std::ranges::sort(stations);
    return stations;
}

}  // namespace aircheck::archive
