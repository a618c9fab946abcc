// SPDX-License-Identifier: MIT
#include "common/cloud/azure_store.h"

#include <algorithm>
#include <array>

#include "common/cloud/answers.h"
#include "common/cloud/body.h"
#include "common/cloud/read_back.h"
#include "common/cloud/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

/// All of a blob's have the same length.
std::string BlockId(std::uint32_t number) {
    const std::array<std::uint8_t, 3> bytes = {static_cast<std::uint8_t>(number >> 16),
                                               static_cast<std::uint8_t>(number >> 8),
                                               static_cast<std::uint8_t>(number)};
    return Base64(bytes);
}

CloudError WrongFile(const AzureClient& client, const std::string& key) {
    return client.Error(Kind::kChanged, "the file of " + key + " is not what its digest says");
}

}  // namespace

void AzureStore::PutWhole(const std::string& key, int file, std::uint64_t bytes,
                          const Digests& digests) {
    FileBody body(file, 0, bytes);
    auto request = client_.Blob("PUT", key);
    request.headers["x-ms-blob-type"] = "BlockBlob";
    request.headers["content-md5"] = Base64(digests.md5);
    request.body = &body;
    const auto answer = client_.Do(std::move(request));
    if (answer.ok()) return;
    // Services differ in what they call a body that is not what its digest says.
    if (answer.status == 400 && KindOfMismatch(file, bytes, digests.sha256) == Kind::kChanged)
        throw WrongFile(client_, key);
    throw client_.Error(answer, "cannot store " + key);
}

void AzureStore::PutBlocks(const std::string& key, int file, std::uint64_t bytes,
                           const Sha256& digest) {
    Hasher<Sha256> whole;
    std::string list = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
    std::uint32_t number = 0;
    for (std::uint64_t offset = 0; offset < bytes; offset += part_bytes_) {
        const auto size = std::min(part_bytes_, bytes - offset);
        const auto id = BlockId(number++);
        const auto digests = DigestsOf(file, offset, size, &whole);
        FileBody body(file, offset, size);
        auto request = client_.Blob("PUT", key);
        request.query = {{"comp", "block"}, {"blockid", id}};
        request.headers["content-md5"] = Base64(digests.md5);
        request.body = &body;
        const auto answer = client_.Do(std::move(request));
        if (!answer.ok()) throw client_.Error(answer, "cannot store a block of " + key);
        list.append("<Latest>").append(id).append("</Latest>");
    }
    if (whole.Finish() != digest) throw WrongFile(client_, key);
    list += "</BlockList>";
    TextBody body(list);
    auto request = client_.Blob("PUT", key);
    request.query = {{"comp", "blocklist"}};
    request.body = &body;
    const auto answer = client_.Do(std::move(request));
    if (!answer.ok()) throw client_.Error(answer, "cannot put the blocks of " + key + " together");
}

ObjectInfo AzureStore::Put(const std::string& key, int file, std::uint64_t bytes,
                           const Digests& digests) {
    if (bytes > part_bytes_)
        PutBlocks(key, file, bytes, digests.sha256);
    else
        PutWhole(key, file, bytes, digests);
    const auto info = Find(key);
    if (!info || info->bytes != bytes)
        throw client_.Error(Kind::kDown, key + " is not there as it was stored");
    return *info;
}

std::optional<ObjectInfo> AzureStore::Find(const std::string& key) {
    const auto answer = client_.Do(client_.Blob("HEAD", key));
    if (answer.status == 404 && AzureClient::CodeOf(answer) != "ContainerNotFound")
        return std::nullopt;
    if (!answer.ok()) throw client_.Error(answer, "cannot look for " + key);
    if (!answer.ContentLength()) throw client_.Error(Kind::kDown, "answered without a size");
    return InfoOf(answer, key);
}

void AzureStore::Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
                      const Sink& sink) {
    if (size == 0) return;
    const auto answer = client_.Read(client_.Blob("GET", key), offset, size, sink);
    if (!answer.ok()) throw client_.Error(answer, "cannot read " + key);
}

void AzureStore::Remove(const std::string& key) {
    const auto answer = client_.Do(client_.Blob("DELETE", key));
    if (answer.ok() || AzureClient::CodeOf(answer) == "BlobNotFound") return;
    throw client_.Error(answer, "cannot remove " + key);
}

void AzureStore::List(const std::string& prefix, const Lister& each) {
    std::string marker;
    do {
        auto request = client_.Container("GET");
        request.query.emplace_back("comp", "list");
        request.query.emplace_back("maxresults", std::to_string(page_));
        request.query.emplace_back("prefix", client_.FullKey(prefix));
        if (!marker.empty()) request.query.emplace_back("marker", marker);
        const auto answer = client_.Do(std::move(request));
        if (!answer.ok()) throw client_.Error(answer, "cannot list");
        auto page = ParseAzureList(answer.text);
        if (!page || (!page->next.empty() && page->next == marker))
            throw client_.Error(Kind::kDown, "answered a list that cannot be read");
        for (auto& object : page->objects) {
            object.key = client_.OwnKey(object.key);
            if (!object.key.empty() && object.key.starts_with(prefix) && !each(object)) return;
        }
        marker = page->next;
    } while (!marker.empty());
}

std::optional<ObjectInfo> AzureStore::PutIf(const std::string& key, std::string_view text,
                                            const std::optional<std::string>& etag) {
    TextBody body(text);
    auto request = client_.Blob("PUT", key);
    request.headers["x-ms-blob-type"] = "BlockBlob";
    if (etag)
        request.headers["if-match"] = *etag;
    else
        request.headers["if-none-match"] = "*";
    request.body = &body;
    const auto answer = client_.Do(std::move(request));
    if (answer.status == 412 || AzureClient::CodeOf(answer) == "BlobAlreadyExists")
        return std::nullopt;
    if (!answer.ok()) throw client_.Error(answer, "cannot store " + key);
    auto info = InfoOf(answer, key);
    info.bytes = text.size();
    return info;
}

bool AzureStore::Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) {
    return MatchesWhenRead(*this, key, bytes, digest);
}

}  // namespace aircheck::cloud
