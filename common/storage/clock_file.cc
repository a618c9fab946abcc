// SPDX-License-Identifier: MIT
#include "common/storage/clock_file.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>

#include "common/util/error.h"

namespace aircheck::storage {
namespace {

// A supervisor writes it each minute. The two clocks drift apart by 30 ms in this time.
constexpr std::chrono::minutes kValid{5};

const std::string& BootId() {
    static const std::string boot = [] {
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::string id;
        file >> id;
        return id.empty() ? "unknown" : id;
    }();
    return boot;
}

}  // namespace

void WriteClockFile(const std::filesystem::path& path) {
    std::filesystem::path fresh = path;
    fresh += ".new";
    errno = 0;
    std::ofstream file(fresh);
    file << BootId() << ' ' << time::SinceBoot().count() << ' ' << time::UtcOffset().count()
         << '\n';
    file.close();
    if (!file) util::ThrowErrno("cannot write " + fresh.string());
    std::filesystem::rename(fresh, path);
}

std::optional<time::Micros> ReadClockFile(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string boot;
    std::int64_t written = 0;
    std::int64_t offset = 0;
    if (!(file >> boot >> written >> offset) || boot != BootId()) return std::nullopt;
    const time::Micros age = time::SinceBoot() - time::Micros{written};
    if (age < time::Micros{0} || age > kValid) return std::nullopt;
    return time::Micros{offset};
}

void GoByClockFile(const std::filesystem::path& path) {
    if (const auto offset = ReadClockFile(path)) time::GoByUtcOffset(*offset);
}

}  // namespace aircheck::storage
