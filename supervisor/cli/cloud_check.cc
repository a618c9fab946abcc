// SPDX-License-Identifier: MIT
#include "supervisor/cli/cloud_check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/catalog/measure.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::cli {
namespace {

using Kind = cloud::CloudError::Kind;

/// The object as a file that is nowhere but in memory.
util::UniqueFd Fetch(cloud::ObjectStore& store, const cloud::ObjectInfo& object) {
    util::UniqueFd file(::memfd_create("object", MFD_CLOEXEC));
    if (!file) util::ThrowErrno("cannot make a file in memory");
    store.Read(object.key, 0, object.bytes, [&](std::span<const std::byte> data) {
        while (!data.empty()) {
            const ssize_t written = ::write(file.get(), data.data(), data.size());
            if (written < 0) util::ThrowErrno("cannot keep an object in memory");
            data = data.subspan(static_cast<std::size_t>(written));
        }
    });
    return file;
}

/// What the catalog keeps of a segment has been measured when it was closed.
std::string CompareSound(const CloudAccess& access, const catalog::Segment& segment, int file) {
    const auto measured = catalog::MeasureSegment(file, segment.format.codec);
    if (measured.frames != segment.frames || measured.samples != segment.samples)
        return "other sound: " + std::to_string(measured.frames) + " frames instead of " +
               std::to_string(segment.frames);
    const auto marks = access.catalog().Marks(segment.id);
    if (marks && !(measured.marks == *marks)) return "other sound";
    return {};
}

}  // namespace

std::string ReadAndCompare(CloudAccess& access, const CloudAccount::Known& known) {
    const auto path = access.layout().Resolve(known.segment.path);
    const util::UniqueFd local(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    try {
        if (!local) {
            const auto fetched = Fetch(access.store(), known.object);
            return CompareSound(access, known.segment, fetched.get());
        }
        const auto digest = cloud::Sha256Of(local.get(), known.segment.bytes);
        return access.store().Matches(known.object.key, known.segment.bytes, digest)
                   ? std::string()
                   : std::string("other bytes than in the file here");
    } catch (const cloud::CloudError& error) {
        if (error.kind() == Kind::kMissing) return "missing";
        if (error.kind() == Kind::kChanged) return "shorter than it was";
        throw;
    }
}

}  // namespace aircheck::cli
