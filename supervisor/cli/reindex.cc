// SPDX-License-Identifier: MIT
#include "supervisor/cli/reindex.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/archive/cloud_segments.h"
#include "common/archive/rebuild.h"
#include "common/archive/stream_files.h"
#include "common/cloud/open_store.h"
#include "common/log/log.h"
#include "common/storage/origin.h"
#include "common/storage/paths.h"
#include "supervisor/cli/exit_codes.h"

namespace aircheck::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kProgressEvery{5};
constexpr std::chrono::milliseconds kProgressOnTerminal{200};

/// How many names of a kind are told.
constexpr std::size_t kExamples = 5;

/// A line that is written over on a terminal, and now and then a new one elsewhere.
class Progress {
public:
    void Show(const std::string& station, std::size_t done, std::size_t of) {
        const auto now = Steady::now();
        if (now < next_) return;
        if (terminal_)
            std::fprintf(stderr, "\r\x1b[K%s: %zu of %zu files read", station.c_str(), done, of);
        else
            std::fprintf(stderr, "%s: %zu of %zu files read\n", station.c_str(), done, of);
        std::fflush(stderr);
        shown_ = terminal_;
        next_ = now + (terminal_ ? kProgressOnTerminal : kProgressEvery);
    }
    void Clear() {
        if (shown_) std::fputs("\r\x1b[K", stderr);
        shown_ = false;
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shown_ = false;
    Steady::time_point next_ = Steady::now() + kProgressOnTerminal;
};

std::string Examples(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kExamples); ++i)
        text += (i > 0 ? ", " : "") + names[i];
    return names.size() > kExamples ? text + ", …" : text;
}

void Print(const std::string& station, const archive::ReindexReport& report) {
    std::string line = fmt::format("{}: {} added, {} known", station, report.added, report.known);
    if (report.open > 0) line += fmt::format(", {} open", report.open);
    std::printf("%s\n", line.c_str());
    const auto list = [](const char* what, const std::vector<std::string>& names) {
        if (!names.empty())
            std::printf("  %s: %zu: %s\n", what, names.size(), Examples(names).c_str());
    };
    list("left as they are, without any sound", report.unusable);
    list("none of ours", report.foreign);
    if (!report.unavailable.empty())
        std::printf("  what the cloud has stays unknown: %s; run this once more when it works\n",
                    report.unavailable.c_str());
    if (report.waiting > 0)
        std::printf("  left to their recorder: %zu; run this once more if they stay away\n",
                    report.waiting);
}

/// Those with recordings here or in the cloud, by name.
std::set<std::string> Stations(const storage::Layout& layout, cloud::ObjectStore* store,
                               const std::string& origin) {
    const auto here = archive::StationsIn(layout);
    std::set<std::string> stations(here.begin(), here.end());
    if (!store) return stations;
    try {
        stations.merge(archive::StationsInCloud(*store, origin));
    } catch (const cloud::CloudError& error) {
        std::fprintf(stderr, "The cloud cannot tell which stations it has: %s\n", error.what());
    }
    return stations;
}

int Rebuild(const storage::Layout& layout, cloud::ObjectStore* store) {
    Progress progress;
    const std::string origin = store ? storage::Origin(layout) : "";
    archive::Rebuild rebuild(
        layout, {.on_file = [&](const std::string& station, std::size_t done,
                                std::size_t of) { progress.Show(station, done, of); },
                 .on_notice =
                     [&](const std::string& sentence) {
                         progress.Clear();
                         std::fprintf(stderr, "%s\n", sentence.c_str());
                     },
                 .quit = {},
                 .stored = store ? archive::CloudSegments(*store, origin) : archive::ListStored{}});
    rebuild.Check();
    const auto found = Stations(layout, store, origin);
    const std::vector<std::string> stations(found.begin(), found.end());
    rebuild.Announce(stations);
    std::size_t added = 0;
    std::size_t known = 0;
    std::size_t failed = 0;
    for (const std::string& station : stations) {
        const auto report = rebuild.Run(station);
        progress.Clear();
        Print(station, report);
        added += report.added;
        known += report.known;
        failed += report.unusable.size() + report.waiting + (report.unavailable.empty() ? 0 : 1);
    }
    std::printf("%zu stations: %zu recordings added, %zu were known\n", stations.size(), added,
                known);
    if (added > 0)
        std::printf(
            "Of those added, titles, addresses and the causes of ends and holes are gone: only "
            "the\n"
            "catalog had them. Dates are exact where the files' times are as they were written,\n"
            "and good to a second elsewhere, as they are in the cloud.\n");
    return failed == 0 ? kExitOk : kExitError;
}

}  // namespace

int Reindex(const config::Config& config) {
    if (!std::filesystem::is_directory(config.storage))
        throw std::runtime_error("there is no storage folder " + config.storage.string());
    const auto store = config.cloud ? cloud::OpenStore(*config.cloud, {}) : nullptr;
    return Rebuild(storage::Layout(config.storage), store.get());
}

}  // namespace aircheck::cli
