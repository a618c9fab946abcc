// SPDX-License-Identifier: MIT
#include "common/cloud/s3_store.h"

#include "common/cloud/answers.h"
#include "common/cloud/body.h"
#include "common/cloud/read_back.h"
#include "common/cloud/s3_upload.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

}  // namespace

/// Answers the ETag that a service gives what it has stored whole: the MD5, mostly.
std::string S3Store::PutWhole(const std::string& key, int file, std::uint64_t bytes,
                              const Digests& digests) {
    FileBody body(file, 0, bytes);
    auto request = client_.Object("PUT", key);
    request.body = &body;
    const auto answer = client_.Do(std::move(request), digests.sha256);
    if (!answer.ok()) throw client_.Error(answer, "cannot store " + key);
    return "\"" + Hex(digests.md5) + "\"";
}

ObjectInfo S3Store::Put(const std::string& key, int file, std::uint64_t bytes,
                        const Digests& digests) {
    const auto expected = bytes > part_bytes_
                              ? S3Upload(client_, key).Put(file, bytes, digests.sha256, part_bytes_)
                              : PutWhole(key, file, bytes, digests);
    const auto info = Find(key);
    if (!info || info->bytes != bytes)
        throw client_.Error(Kind::kDown, key + " is not there as it was stored");
    // With some kinds of encryption the ETag is no digest of the content.
    if (info->etag != expected && !Matches(key, bytes, digests.sha256)) {
        Remove(key);
        throw client_.Error(KindOfMismatch(file, bytes, digests.sha256),
                            key + " is not there as it was stored");
    }
    return *info;
}

std::optional<ObjectInfo> S3Store::Find(const std::string& key) {
    const auto answer = client_.Do(client_.Object("HEAD", key));
    if (answer.status == 404) return std::nullopt;
    if (!answer.ok()) throw client_.Error(answer, "cannot look for " + key);
    if (!answer.ContentLength()) throw client_.Error(Kind::kDown, "answered without a size");
    return InfoOf(answer, key);
}

void S3Store::Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
                   const Sink& sink) {
    if (size == 0) return;
    const auto answer = client_.Read(client_.Object("GET", key), offset, size, sink);
    if (!answer.ok()) throw client_.Error(answer, "cannot read " + key);
}

void S3Store::Remove(const std::string& key) {
    const auto answer = client_.Do(client_.Object("DELETE", key));
    if (answer.ok() || (answer.status == 404 && ParseErrorCode(answer.text) != "NoSuchBucket"))
        return;
    throw client_.Error(answer, "cannot remove " + key);
}

void S3Store::List(const std::string& prefix, const Lister& each) {
    std::string token;
    do {
        auto request = client_.Bucket("GET");
        request.query = {{"list-type", "2"},
                         {"encoding-type", "url"},
                         {"max-keys", std::to_string(page_)},
                         {"prefix", client_.FullKey(prefix)}};
        if (!token.empty()) request.query.emplace_back("continuation-token", token);
        const auto answer = client_.Do(std::move(request));
        if (!answer.ok()) throw client_.Error(answer, "cannot list");
        auto page = ParseS3List(answer.text);
        if (!page || (!page->next.empty() && page->next == token))
            throw client_.Error(Kind::kDown, "answered a list that cannot be read");
        for (auto& object : page->objects) {
            object.key = client_.OwnKey(object.key);
            if (!object.key.empty() && object.key.starts_with(prefix) && !each(object)) return;
        }
        token = page->next;
    } while (!token.empty());
}

std::optional<ObjectInfo> S3Store::PutIf(const std::string& key, std::string_view text,
                                         const std::optional<std::string>& etag) {
    const auto before = Find(key);
    if (before.has_value() != etag.has_value() || (before && before->etag != *etag))
        return std::nullopt;
    TextBody body(text);
    auto request = client_.Object("PUT", key);
    request.body = &body;
    if (etag)
        request.headers["if-match"] = *etag;
    else
        request.headers["if-none-match"] = "*";
    const auto answer = client_.Do(std::move(request), Sha256Of(text));
    if (answer.status == 412 || answer.status == 409 || answer.status == 404) return std::nullopt;
    if (!answer.ok()) throw client_.Error(answer, "cannot store " + key);
    auto after = Find(key);
    if (!after || after->etag != answer.Header("etag")) return std::nullopt;
    return after;
}

bool S3Store::Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) {
    return MatchesWhenRead(*this, key, bytes, digest);
}

}  // namespace aircheck::cloud
