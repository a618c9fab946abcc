// SPDX-License-Identifier: MIT
#include "common/cloud/sftp_store.h"

#include <chrono>
#include <utility>

#include "common/cloud/body.h"
#include "common/cloud/read_back.h"
#include "common/storage/paths.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

constexpr std::string_view kFolder = ".uploads/";
constexpr std::uint64_t kSmall = 4096;
constexpr int kMaxDepth = 16;
constexpr std::chrono::milliseconds kTidyUp{5'000};
// What is older was left by somebody who died.
constexpr std::chrono::seconds kLockAge{60};
constexpr std::chrono::hours kLeftoverAge{24};

std::chrono::seconds Age(const SftpClient::Stat& stat) {
    const auto now = std::chrono::floor<std::chrono::seconds>(time::SystemClock().Now());
    return now.time_since_epoch() - std::chrono::seconds{stat.modified};
}

std::string NewName() {
    return std::string(kFolder) + storage::NewTakeId();
}

bool IsHidden(std::string_view name) {
    return name.starts_with('.');
}

}  // namespace

/// Removes what is left of an upload that came to nothing.
class SftpStore::Temporary {
public:
    explicit Temporary(SftpClient& client) : client_(client) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (done_) return;
        client_.transfer().TidyUp(kTidyUp);
        try {
            client_.Remove(name_);
        } catch (const std::exception&) {
            // A later upload sweeps it.
        }
        client_.transfer().EndTidyUp();
    }

    const std::string& name() const { return name_; }
    void Release() { done_ = true; }

private:
    SftpClient& client_;
    const std::string name_ = NewName();
    bool done_ = false;
};

void SftpStore::SweepOnce() {
    if (std::exchange(swept_, true)) return;
    for (const auto& entry : client_.ListFolder(std::string(kFolder))) {
        if (entry.kind != SftpEntry::Kind::kFile) continue;
        const auto path = std::string(kFolder) + entry.name;
        const auto stat = client_.Find(path);
        if (stat && Age(*stat) > kLeftoverAge) client_.Remove(path);
    }
}

void SftpStore::MakeFoldersOf(const std::string& key) {
    for (auto slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1))
        client_.MakeFolder(key.substr(0, slash));
}

/// The folders are there most of the time, and nothing of that name is.
void SftpStore::GiveName(const std::string& temporary, const std::string& key) {
    if (client_.Rename(temporary, key)) return;
    MakeFoldersOf(key);
    if (client_.Rename(temporary, key)) return;
    client_.Remove(key);
    if (!client_.Rename(temporary, key))
        throw client_.Error(Kind::kRefused, "cannot give the file its name " + key);
}

ObjectInfo SftpStore::Put(const std::string& key, int file, std::uint64_t bytes,
                          const Digests& digests) {
    SweepOnce();
    Temporary temporary(client_);
    FileBody body(file, 0, bytes);
    client_.Write(temporary.name(), body);
    if (!MatchesWhenRead(*this, temporary.name(), bytes, digests.sha256))
        throw client_.Error(KindOfMismatch(file, bytes, digests.sha256),
                            key + " did not arrive as it was to be");
    GiveName(temporary.name(), key);
    temporary.Release();
    const auto info = Find(key);
    if (!info || info->bytes != bytes)
        throw client_.Error(Kind::kDown, key + " is not there as it was stored");
    return *info;
}

std::optional<ObjectInfo> SftpStore::Find(const std::string& key) {
    const auto stat = client_.Find(key);
    if (!stat) return std::nullopt;
    ObjectInfo info{key, stat->bytes, {}, time::SysTime{std::chrono::seconds{stat->modified}}};
    if (stat->bytes > kSmall) {
        info.etag = std::to_string(stat->bytes) + "-" + std::to_string(stat->modified);
        return info;
    }
    Hasher<Md5> hasher;
    try {
        Read(key, 0, stat->bytes, [&](std::span<const std::byte> data) { hasher.Add(data); });
    } catch (const CloudError& error) {
        if (error.kind() == Kind::kMissing) return std::nullopt;
        throw;
    }
    info.etag = Hex(hasher.Finish());
    return info;
}

void SftpStore::Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
                     const Sink& sink) {
    if (size > 0) client_.Read(key, offset, size, sink);
}

void SftpStore::Remove(const std::string& key) {
    if (client_.Remove(key) || !client_.Find(key)) return;
    throw client_.Error(Kind::kRefused, "cannot remove " + key);
}

void SftpStore::List(const std::string& prefix, const Lister& each) {
    ListFolder(prefix, 0, each);
}

/// False if `each` has had enough. Links are not followed: no folder is seen twice.
bool SftpStore::ListFolder(const std::string& folder, int depth, const Lister& each) {
    if (depth > kMaxDepth) throw client_.Error(Kind::kDown, "folders are nested too deeply");
    for (const auto& entry : client_.ListFolder(folder)) {
        if (IsHidden(entry.name)) continue;
        const auto path = folder + entry.name;
        if (entry.kind == SftpEntry::Kind::kFolder) {
            if (!ListFolder(path + "/", depth + 1, each)) return false;
        } else if (entry.kind == SftpEntry::Kind::kFile) {
            if (!each({path, entry.bytes, {}, entry.modified})) return false;
        }
    }
    return true;
}

bool SftpStore::Lock(const std::string& lock) {
    if (client_.MakeFolder(lock)) return true;
    const auto stat = client_.Find(lock);
    if (stat && Age(*stat) <= kLockAge) return false;
    if (stat)
        client_.RemoveFolder(lock);
    else
        client_.MakeFolder(std::string(kFolder.substr(0, kFolder.size() - 1)));
    return client_.MakeFolder(lock);
}

std::optional<ObjectInfo> SftpStore::PutIf(const std::string& key, std::string_view body,
                                           const std::optional<std::string>& etag) {
    const auto lock = std::string(kFolder) + "lock-" + Hex(Sha256Of(key)).substr(0, 16);
    if (!Lock(lock)) return std::nullopt;
    const auto unlock = [&] {
        client_.transfer().TidyUp(kTidyUp);
        try {
            client_.RemoveFolder(lock);
        } catch (const CloudError&) {
            // It grows old.
        }
        client_.transfer().EndTidyUp();
    };
    try {
        auto info = PutLocked(key, body, etag);
        unlock();
        return info;
    } catch (...) {
        unlock();
        throw;
    }
}

/// Safe even when two hold the lock, because the first thought the second dead: of a name, one can
/// take a file away, and one can give it to a file.
std::optional<ObjectInfo> SftpStore::PutLocked(const std::string& key, std::string_view text,
                                               const std::optional<std::string>& etag) {
    const auto before = Find(key);
    if (before.has_value() != etag.has_value() || (before && before->etag != *etag))
        return std::nullopt;
    Temporary fresh(client_);
    TextBody body(text);
    client_.Write(fresh.name(), body);
    if (!etag) {
        if (!client_.Rename(fresh.name(), key)) {
            MakeFoldersOf(key);
            if (!client_.Rename(fresh.name(), key)) return std::nullopt;
        }
    } else {
        Temporary old(client_);
        if (!client_.Rename(key, old.name())) return std::nullopt;
        const auto taken = Find(old.name());
        if (!taken || taken->etag != *etag || !client_.Rename(fresh.name(), key)) {
            client_.Rename(old.name(), key);
            return std::nullopt;
        }
    }
    fresh.Release();
    return Find(key);
}

bool SftpStore::Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) {
    return MatchesWhenRead(*this, key, bytes, digest);
}

}  // namespace aircheck::cloud
