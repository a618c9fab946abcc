// SPDX-License-Identifier: MIT
#include "pruner/upload.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <exception>
#include <stdexcept>
#include <utility>

#include "common/util/error.h"

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

bool IsThere(cloud::ObjectStore& store, const std::string& key, const FileToUpload& file) {
    const auto found = store.Find(key);
    return found && found->bytes == file.bytes() &&
           store.Matches(key, file.bytes(), file.digests().sha256);
}

}  // namespace

FileToUpload::FileToUpload(std::filesystem::path path, std::uint64_t bytes)
    : path_(std::move(path)),
      bytes_(bytes),
      file_(Open(path_, bytes)),
      passing_(file_.get(), bytes),
      digests_(cloud::DigestsOf(file_.get(), 0, bytes)) {}

void ReadAhead::Begin(std::filesystem::path path, std::uint64_t bytes) {
    file_ = std::async(std::launch::async, [path = std::move(path), bytes] {
        return std::make_unique<FileToUpload>(path, bytes);
    });
}

std::unique_ptr<FileToUpload> ReadAhead::Take(const std::filesystem::path& path,
                                              std::uint64_t bytes) {
    if (file_.valid()) {
        try {
            auto file = file_.get();
            if (file->path() == path && file->bytes() == bytes) return file;
        } catch (const std::exception&) {
            // If it is this one, it is told below.
        }
    }
    return std::make_unique<FileToUpload>(path, bytes);
}

void Upload(cloud::ObjectStore& store, const std::string& key, const FileToUpload& file,
            bool may_be_there) {
    if (may_be_there && IsThere(store, key, file)) return;
    const auto stored = store.Put(key, file.fd(), file.bytes(), file.digests());
    if (stored.bytes != file.bytes())
        throw cloud::CloudError(cloud::CloudError::Kind::kChanged,
                                key + " has another size than what was stored");
}

}  // namespace aircheck::pruner
