// SPDX-License-Identifier: MIT
#include "supervisor/leftovers.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include "common/log/log.h"
#include "common/storage/pid_file.h"
#include "common/takeover/channel.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPidFile = ".pid";
constexpr std::string_view kControl = "control-";
constexpr std::string_view kWebSocket = "webapi-";

// What bears the number of a generation: "control-3", "tap-3", "accepted-3.yaml".
constexpr std::array<std::string_view, 3> kNumbered{kControl, "tap-", "accepted-"};

constexpr std::string_view kWantListeners = R"({"v":1,"want":"listeners"})";
constexpr std::chrono::seconds kAnswerTimeout{2};
constexpr std::chrono::seconds kKillTimeout{2};

std::optional<int> Number(std::string_view text) {
    const auto number = util::ParseInteger(text);
    if (!number || *number < 1 || *number > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(*number);
}

// "downloader-0-4711.pid"
std::optional<Leftovers::Worker> ParsePidFile(const fs::path& path) {
    const std::string file = path.filename().string();
    std::string_view name = file;
    if (!name.ends_with(kPidFile)) return std::nullopt;
    name.remove_suffix(kPidFile.size());
    const auto dash = name.rfind('-');
    if (dash == std::string_view::npos || dash == 0) return std::nullopt;
    const auto pid = Number(name.substr(dash + 1));
    if (!pid) return std::nullopt;
    return Leftovers::Worker{std::string(name.substr(0, dash)), *pid, path};
}

std::optional<int> GenerationOf(std::string_view file) {
    for (const auto prefix : kNumbered) {
        if (!file.starts_with(prefix)) continue;
        file.remove_prefix(prefix.size());
        return Number(file.substr(0, file.find('.')));
    }
    const auto dot = file.rfind('.');
    if (!file.starts_with(kWebSocket) || dot == std::string_view::npos) return std::nullopt;
    return Number(file.substr(dot + 1));
}

std::vector<fs::path> FilesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        files.push_back(it->path());
    std::ranges::sort(files);
    return files;
}

bool IsAlive(const Leftovers::Worker& worker) {
    const auto holder = storage::PidFile::Find(worker.pid_file);
    return holder && holder->pid == worker.pid;
}

void AddFile(const fs::path& path, int generation, Leftovers& found) {
    const std::string file = path.filename().string();
    found.generation = std::max(found.generation, generation);
    found.files.push_back(path);
    if (file.starts_with(kControl)) found.controls.push_back("ipc://" + path.string());
    if (file.starts_with(kWebSocket)) found.web_sockets.push_back(path);
}

std::vector<util::UniqueFd> AskOne(const fs::path& socket) {
    try {
        auto channel = takeover::Channel::Connect(socket);
        takeover::Parcel parcel;
        using Result = takeover::Channel::Result;
        if (channel.Send(kWantListeners, {}, kAnswerTimeout) == Result::kDone &&
            channel.Receive(parcel, kAnswerTimeout) == Result::kDone)
            return std::move(parcel.fds);
    } catch (const std::system_error&) {
        // Its process is gone.
    }
    return {};
}

void KillAndWait(const Leftovers::Worker& worker) {
    log::warn("{}: PID {} has lost its supervisor and does not answer: killed", worker.name,
              worker.pid);
    const util::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, worker.pid, 0)));
    if (!process || !IsAlive(worker)) return;
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    pollfd ended{process.get(), POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(kKillTimeout).count()));
}

}  // namespace

Leftovers FindLeftovers(const storage::Layout& layout,
                        const std::function<bool(pid_t)>& is_known_process,
                        const std::function<bool(int)>& is_known_generation) {
    Leftovers found;
    for (const auto& path : FilesIn(layout.Run())) {
        if (auto worker = ParsePidFile(path)) {
            if (is_known_process(worker->pid)) continue;
            if (IsAlive(*worker))
                found.workers.push_back(std::move(*worker));
            else
                storage::PidFile::RemoveStale(path);
        } else if (const auto generation = GenerationOf(path.filename().string());
                   generation && !is_known_generation(*generation)) {
            AddFile(path, *generation, found);
        }
    }
    return found;
}

void ClearAway(const Leftovers& leftovers) noexcept {
    std::error_code ignored;
    for (const auto& path : leftovers.files) fs::remove(path, ignored);
}

std::vector<util::UniqueFd> AskForListeners(const Leftovers& leftovers) {
    for (const auto& socket : leftovers.web_sockets) {
        auto sockets = AskOne(socket);
        if (!sockets.empty()) return sockets;
    }
    for (const auto& worker : leftovers.workers)
        if (worker.name.starts_with(kWebSocket)) KillAndWait(worker);
    return {};
}

}  // namespace aircheck::supervisor
