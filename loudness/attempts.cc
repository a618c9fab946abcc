// SPDX-License-Identifier: MIT
#include "loudness/attempts.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace aircheck::loudness {

Attempts::Attempts(std::filesystem::path file) noexcept
    : file_(std::move(file)),
      fd_(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    Record found;
    if (::pread(fd_.get(), &found, sizeof found, 0) == ssize_t{sizeof found}) record_ = found;
    if (record_.current != 0) Count(record_.current);
    record_.current = 0;
    WriteAll();
}

Attempts::~Attempts() {
    if (record_.current == 0 && record_.deaths == Record().deaths) ::unlink(file_.c_str());
}

/// The oldest segment makes room.
void Attempts::Count(std::int64_t segment) {
    auto place = std::ranges::find(record_.deaths, segment, &Deaths::segment);
    if (place == record_.deaths.end()) {
        place = std::ranges::min_element(record_.deaths, {}, &Deaths::segment);
        *place = {segment, 0};
    }
    ++place->count;
}

bool Attempts::Hopeless(std::int64_t segment) const {
    const auto place = std::ranges::find(record_.deaths, segment, &Deaths::segment);
    return place != record_.deaths.end() && place->count >= kMost;
}

void Attempts::Forget(const std::function<bool(std::int64_t segment)>& is_done) {
    const auto before = record_.deaths;
    for (Deaths& deaths : record_.deaths)
        if (deaths.count > 0 && is_done(deaths.segment)) deaths = {};
    if (record_.deaths != before) WriteAll();
}

/// Only what is going on.
void Attempts::Write(std::int64_t current) noexcept {
    if (record_.current == current) return;
    record_.current = current;
    if (fd_ && ::pwrite(fd_.get(), &current, sizeof current, 0) != ssize_t{sizeof current})
        fd_.Close();
}

void Attempts::WriteAll() noexcept {
    if (fd_ && ::pwrite(fd_.get(), &record_, sizeof record_, 0) != ssize_t{sizeof record_})
        fd_.Close();
}

}  // namespace aircheck::loudness
