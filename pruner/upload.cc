// SPDX-License-Identifier: MIT
#include "pruner/upload.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <stdexcept>

#include "common/storage/quiet_io.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::pruner {
namespace {

util::UniqueFd Open(const std::filesystem::path& path, std::uint64_t bytes) {
    util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) util::ThrowErrno("cannot open " + path.string());
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) util::ThrowErrno("cannot look at " + path.string());
    if (!S_ISREG(status.st_mode)) throw std::runtime_error(path.string() + " is no file");
    if (static_cast<std::uint64_t>(status.st_size) < bytes)
        throw std::runtime_error(path.string() + " is shorter than it was");
    return file;
}

bool IsThere(cloud::ObjectStore& store, const std::string& key, std::uint64_t bytes,
             const cloud::Sha256& digest) {
    const auto found = store.Find(key);
    return found && found->bytes == bytes && store.Matches(key, bytes, digest);
}

}  // namespace

void Upload(cloud::ObjectStore& store, const std::string& key, const std::filesystem::path& path,
            std::uint64_t bytes, bool may_be_there) {
    const util::UniqueFd file = Open(path, bytes);
    const storage::PassingRead passing(file.get(), bytes);
    const cloud::Sha256 digest = cloud::Sha256Of(file.get(), bytes);
    if (may_be_there && IsThere(store, key, bytes, digest)) return;
    const auto stored = store.Put(key, file.get(), bytes, digest);
    if (stored.bytes != bytes)
        throw cloud::CloudError(cloud::CloudError::Kind::kChanged,
                                key + " has another size than what was stored");
}

}  // namespace aircheck::pruner
