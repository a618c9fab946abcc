// SPDX-License-Identifier: MIT
#include "common/archive/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "common/catalog/dump.h"
#include "common/time/timestamp.h"
#include "common/util/error.h"
#include "common/util/text.h"
#include "common/util/unique_fd.h"

namespace aircheck::archive {
namespace {

/// A file that is being written: gone again unless it has been finished.
class GzipFile {
public:
    explicit GzipFile(const std::filesystem::path& path) : path_(path) {
        file_ = util::UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file_) util::ThrowErrno("cannot make " + path.string());
        stream_.reset(::gzdopen(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0), "wb"));
        if (!stream_) throw std::runtime_error("cannot make " + path.string());
    }
    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;
    ~GzipFile() {
        stream_.reset();
        if (!finished_) ::unlink(path_.c_str());
    }

    void Write(std::string_view text) {
        if (!text.empty() &&
            ::gzwrite(stream_.get(), text.data(), static_cast<unsigned>(text.size())) == 0)
            Fail();
    }

    void Finish() {
        if (::gzclose(stream_.release()) != Z_OK || ::fsync(file_.get()) != 0) Fail();
        finished_ = true;
    }

private:
    struct CloseStream {
        void operator()(gzFile_s* stream) const noexcept { ::gzclose(stream); }
    };

    [[noreturn]] void Fail() const { util::ThrowErrno("cannot write " + path_.string()); }

    const std::filesystem::path path_;
    util::UniqueFd file_;
    std::unique_ptr<gzFile_s, CloseStream> stream_;
    bool finished_ = false;
};

constexpr std::string_view kPart = ".part-";  // and the number of the process
constexpr std::chrono::hours kAbandoned{1};

}  // namespace

std::filesystem::path BackUpCatalog(const storage::Layout& layout, time::SysTime now) {
    std::filesystem::create_directories(layout.Backups());
    auto path = layout.Backup(now);
    auto part = path;
    part += std::string(kPart) + std::to_string(::getpid());
    {
        GzipFile file(part);
        catalog::DumpSql(layout.Catalog(), [&](std::string_view text) { file.Write(text); });
        file.Finish();
    }
    std::filesystem::rename(part, path);
    return path;
}

void SweepBackups(const storage::Layout& layout) {
    namespace fs = std::filesystem;
    if (!fs::exists(layout.Backups())) return;
    for (const auto& entry : fs::directory_iterator(layout.Backups())) {
        const std::string name = entry.path().filename().string();
        const auto part = name.rfind(kPart);
        if (part == std::string::npos || !storage::Layout::ParseBackup(name.substr(0, part)) ||
            !util::ParseInteger(name.substr(part + kPart.size())))
            continue;
        std::error_code gone;  // it has just been finished
        const auto written = entry.last_write_time(gone);
        if (!gone && written < fs::file_time_type::clock::now() - kAbandoned)
            fs::remove(entry.path());
    }
}

}  // namespace aircheck::archive
