// SPDX-License-Identifier: MIT
#include "supervisor/instance_file.h"

#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "common/log/log.h"
#include "common/storage/paths.h"

namespace aircheck::supervisor {
namespace {

void MakeFolders(const config::Config& config) {
    const storage::Layout layout(config.storage);
    try {
        layout.Create();
        for (const auto& station : config.stations) layout.CreateStation(station.callsign);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::read_only_file_system &&
            error.code() != std::errc::permission_denied)
            throw;
        throw std::runtime_error(fmt::format(
            "{}: nothing can be recorded to {}; make it writable for this user (where it is "
            "mounted read-only: mount -o remount,rw), or name another folder as `storage`",
            error.what(), config.storage.string()));
    }
}

[[noreturn]] void FailBecauseOf(const storage::PidFile::Holder& holder,
                                const config::Config& config) {
    throw std::runtime_error(fmt::format(
        "aircheckd is already running as PID {} with the storage {}; to start it anew without "
        "losing anything: aircheck restart; to end it: kill {}",
        holder.pid, config.storage.string(), holder.pid));
}

}  // namespace

storage::PidFile TakeInstanceFile(const config::Config& config, bool beside_older) {
    MakeFolders(config);
    const storage::Layout layout(config.storage);
    if (!beside_older) {
        if (const auto older = storage::PidFile::Find(layout.FormerPidFile("supervisor")))
            FailBecauseOf(*older, config);
        storage::PidFile::RemoveStale(layout.FormerPidFile("supervisor"));
    }
    auto taken = storage::PidFile::Acquire(layout.PidFile("supervisor"));
    if (const auto* holder = std::get_if<storage::PidFile::Holder>(&taken))
        FailBecauseOf(*holder, config);
    return std::move(std::get<storage::PidFile>(taken));
}

std::optional<storage::PidFile::Holder> FindInstanceHolder(const std::filesystem::path& storage) {
    const storage::Layout layout(storage);
    if (auto holder = storage::PidFile::Find(layout.PidFile("supervisor"))) return holder;
    return storage::PidFile::Find(layout.FormerPidFile("supervisor"));
}

}  // namespace aircheck::supervisor
