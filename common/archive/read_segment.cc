// SPDX-License-Identifier: MIT
#include "common/archive/read_segment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <span>
#include <stdexcept>
#include <utility>

#include "common/catalog/measure.h"
#include "common/util/error.h"

namespace aircheck::archive {
namespace {

FoundSegment Found(const storage::SegmentName& name, catalog::Measured measured) {
    if (measured.frames == 0) throw std::runtime_error("no whole frame in it");
    FoundSegment found{.named = name.start};
    found.segment = {.station = name.station,
                     .take = name.take,
                     .path = storage::Layout::RelativeSegmentPath(name),
                     .state = catalog::SegmentState::kClosed,
                     .bytes = measured.bytes,
                     .frames = measured.frames,
                     .samples = measured.samples,
                     .setup_bytes = measured.setup_bytes,
                     .format = measured.format};
    found.index = std::move(measured.index);
    found.marks = std::move(measured.marks);
    return found;
}

}  // namespace

util::UniqueFd OpenSegment(const std::filesystem::path& path) {
    util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd) util::ThrowErrno("cannot open " + path.string());
    return fd;
}

FoundSegment ReadFile(const storage::Layout& layout, const storage::SegmentName& name) {
    const util::UniqueFd fd =
        OpenSegment(layout.Resolve(storage::Layout::RelativeSegmentPath(name)));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) util::ThrowErrno("cannot look at it");
    if (!S_ISREG(status.st_mode)) throw std::runtime_error("no file");
    FoundSegment found = Found(name, catalog::MeasureSegment(fd.get(), name.codec));
    const auto modified = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    found.modified = time::SysTime(std::chrono::duration_cast<time::Micros>(modified));
    return found;
}

FoundSegment ReadObject(const StoredSegments& stored, const StoredSegments::Object& object) {
    catalog::SegmentMeter meter(object.name.codec);
    stored.read(object, [&](std::span<const std::byte> bytes) { meter.Add(bytes); });
    FoundSegment found = Found(object.name, meter.Finish());
    found.segment.state = catalog::SegmentState::kUploaded;
    found.segment.object = object.key;
    return found;
}

}  // namespace aircheck::archive
