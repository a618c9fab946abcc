// SPDX-License-Identifier: MIT
#include "common/archive/rebuild.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "common/catalog/sqlite.h"

namespace aircheck::archive {
namespace {

using Steady = std::chrono::steady_clock;

/// A running recorder tells a new catalog of what it records within a second or two.
constexpr std::chrono::seconds kWaitForRecorders{15};
constexpr std::chrono::milliseconds kPause{500};

}  // namespace

Rebuild::Rebuild(storage::Layout layout, RebuildHooks hooks)
    : layout_(std::move(layout)),
      hooks_(std::move(hooks)),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

/// Runs the step until no other program's lock keeps it from being done, on the catalog that stands
/// there then.
template <typename Step>
auto Rebuild::Patiently(Step step) {
    while (true) {
        try {
            return step(file_.Get());
        } catch (const catalog::SqliteError& error) {
            if (const auto aside = file_.Failed(error)) {
                hooks_.on_notice("The catalog was broken; it is kept as " + aside->string());
            } else if (!catalog::IsLocked(error) || Quit()) {
                throw;
            } else if (!std::exchange(told_of_lock_, true)) {
                hooks_.on_notice("Another program keeps the catalog locked; waiting for it");
            }
        }
    }
}

void Rebuild::Check() {
    Patiently([](catalog::Catalog& catalog) {
        catalog.Check();
        catalog.RebuildTitleSearch();
    });
}

void Rebuild::Announce(const std::vector<std::string>& stations) {
    for (const std::string& station : stations)
        Patiently([&](catalog::Catalog& catalog) {
            TellUnknown(layout_, catalog, station, hooks_.stored);
        });
}

ReindexReport Rebuild::Run(const std::string& station) {
    const ReindexHooks hooks{
        .on_file = [&](std::size_t done, std::size_t of) { hooks_.on_file(station, done, of); },
        .quit = hooks_.quit,
        .stored = hooks_.stored};
    const auto give_up = Steady::now() + kWaitForRecorders;
    std::size_t added = 0;
    while (true) {
        auto report = Patiently([&](catalog::Catalog& catalog) {
            return ReindexStation(layout_, catalog, station, hooks);
        });
        added += report.added;
        if (report.waiting == 0 || Steady::now() > give_up || Quit()) {
            report.known -= std::min(report.known, added - report.added);
            report.added = added;
            return report;
        }
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace aircheck::archive
