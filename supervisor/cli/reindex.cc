// SPDX-License-Identifier: MIT
#include "supervisor/cli/reindex.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/archive/reindex.h"
#include "common/archive/stream_files.h"
#include "common/catalog/catalog_file.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/storage/paths.h"
#include "supervisor/cli/exit_codes.h"

namespace aircheck::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// A running recorder tells a new catalog of what it records within a second or two.
constexpr std::chrono::seconds kWaitForRecorders{15};
constexpr std::chrono::milliseconds kPause{500};

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

class Rebuild {
public:
    explicit Rebuild(const std::filesystem::path& storage)
        : layout_(storage), file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

    int Run();

private:
    void Check();
    archive::ReindexReport RunStation(const std::string& station);
    template <typename Step>
    auto Patiently(Step step);

    const storage::Layout layout_;
    catalog::CatalogFile file_;
    Progress progress_;
    bool told_of_lock_ = false;
    std::size_t failed_ = 0;
};

/// Runs the step until no other program's lock keeps it from being done, on the catalog that stands
/// there then.
template <typename Step>
auto Rebuild::Patiently(Step step) {
    while (true) {
        try {
            return step(file_.Get());
        } catch (const catalog::SqliteError& error) {
            if (const auto aside = file_.Failed(error)) {
                progress_.Clear();
                std::printf("The catalog was broken; it is kept as %s\n", aside->c_str());
            } else if (!catalog::IsLocked(error)) {
                throw;
            } else if (!std::exchange(told_of_lock_, true)) {
                progress_.Clear();
                std::fprintf(stderr, "Another program keeps the catalog locked; waiting for it\n");
            }
        }
    }
}

void Rebuild::Check() {
    Patiently([](catalog::Catalog& catalog) { catalog.Check(); });
}

archive::ReindexReport Rebuild::RunStation(const std::string& station) {
    const archive::ReindexHooks hooks{
        .on_file = [&](std::size_t done, std::size_t of) { progress_.Show(station, done, of); },
        .quit = {}};
    const auto give_up = Steady::now() + kWaitForRecorders;
    std::size_t added = 0;
    while (true) {
        auto report = Patiently([&](catalog::Catalog& catalog) {
            return archive::ReindexStation(layout_, catalog, station, hooks);
        });
        added += report.added;
        if (report.waiting == 0 || Steady::now() > give_up) {
            report.known -= std::min(report.known, added - report.added);
            report.added = added;
            return report;
        }
        std::this_thread::sleep_for(kPause);
    }
}

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

int Rebuild::Run() {
    Check();
    const auto stations = archive::StationsIn(layout_);
    std::size_t added = 0;
    std::size_t known = 0;
    for (const std::string& station : stations)
        Patiently(
            [&](catalog::Catalog& catalog) { archive::TellUnknown(layout_, catalog, station); });
    for (const std::string& station : stations) {
        const auto report = RunStation(station);
        progress_.Clear();
        Print(station, report);
        added += report.added;
        known += report.known;
        failed_ += report.unusable.size() + report.waiting;
    }
    std::printf("%zu stations: %zu recordings added, %zu were known\n", stations.size(), added,
                known);
    if (added > 0)
        std::printf(
            "Of those added, titles, addresses and the causes of ends and holes are gone: only "
            "the\n"
            "catalog had them. Dates are exact where the files' times are as they were written,\n"
            "and good to a second elsewhere.\n");
    return failed_ == 0 ? kExitOk : kExitError;
}

}  // namespace

int Reindex(const std::filesystem::path& storage) {
    if (!std::filesystem::is_directory(storage))
        throw std::runtime_error("there is no storage folder " + storage.string());
    return Rebuild(storage).Run();
}

}  // namespace aircheck::cli
