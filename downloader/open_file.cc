// SPDX-License-Identifier: MIT
#include "downloader/open_file.h"

#include <chrono>
#include <utility>

#include "common/catalog/measure.h"

namespace aircheck::downloader {
namespace {

/// Of an index, one entry for each second, so many are told at a time: readers look through the
/// sound that lies behind the last one.
constexpr std::size_t kIndexEntriesAtOnce = 15;

/// `later` on top of `progress`: totals are absolute, the index goes on.
void Merge(catalog::SegmentProgress& progress, const catalog::SegmentProgress& later) {
    auto index = std::move(progress.index);
    index.insert(index.end(), later.index.begin(), later.index.end());
    progress = later;
    progress.index = std::move(index);
}

}  // namespace

void OpenFile::Hold(const catalog::SegmentProgress& progress) {
    Merge(held, progress);
}

void OpenFile::Write(const catalog::SegmentProgress& progress) {
    Merge(written, progress);
    untold = true;
}

CatalogQueue::Progress OpenFile::Tell(bool whole) {
    untold = false;
    auto index = std::exchange(written.index, {});
    CatalogQueue::Progress progress{id, written};
    const bool now = whole || index.size() >= kIndexEntriesAtOnce;
    (now ? progress.progress : written).index = std::move(index);
    return progress;
}

std::uint64_t OpenFile::CutDamage() {
    if (!file.damaged_at() || written.bytes <= *file.damaged_at()) return 0;
    const auto whole = catalog::MeasureSegment(file.fd(), segment.format.codec, *file.damaged_at());
    const auto kept = static_cast<double>(whole.samples) / static_cast<double>(written.samples);
    written.end = written.start +
                  std::chrono::duration_cast<time::Micros>((written.end - written.start) * kept);
    written.frames = whole.frames;
    written.samples = whole.samples;
    return std::exchange(written.bytes, whole.bytes) - whole.bytes;
}

}  // namespace aircheck::downloader
