// SPDX-License-Identifier: MIT
#include "supervisor/cli/reindex.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/archive/rebuild.h"
#include "common/archive/stream_files.h"
#include "common/log/log.h"
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
    if (report.waiting > 0)
        std::printf("  left to their recorder: %zu; run this once more if they stay away\n",
                    report.waiting);
}

int Rebuild(const storage::Layout& layout) {
    Progress progress;
    archive::Rebuild rebuild(layout,
                             {.on_file = [&](const std::string& station, std::size_t done,
                                             std::size_t of) { progress.Show(station, done, of); },
                              .on_notice =
                                  [&](const std::string& sentence) {
                                      progress.Clear();
                                      std::fprintf(stderr, "%s\n", sentence.c_str());
                                  },
                              .quit = {}});
    rebuild.Check();
    const auto stations = archive::StationsIn(layout);
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
        failed += report.unusable.size() + report.waiting;
    }
    std::printf("%zu stations: %zu recordings added, %zu were known\n", stations.size(), added,
                known);
    if (added > 0)
        std::printf(
            "Of those added, titles, addresses and the causes of ends and holes are gone: only "
            "the\n"
            "catalog had them. Dates are exact where the files' times are as they were written,\n"
            "and good to a second elsewhere.\n");
    return failed == 0 ? kExitOk : kExitError;
}

}  // namespace

int Reindex(const std::filesystem::path& storage) {
    if (!std::filesystem::is_directory(storage))
        throw std::runtime_error("there is no storage folder " + storage.string());
    return Rebuild(storage::Layout(storage));
}

}  // namespace aircheck::cli
