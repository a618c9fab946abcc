// SPDX-License-Identifier: MIT
#include "common/cloud/s3_upload.h"

#include <algorithm>
#include <chrono>

#include "common/cloud/answers.h"
#include "common/cloud/body.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

constexpr std::chrono::milliseconds kTidyUp{5'000};

std::string EscapeXml(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else
            escaped += c;
    }
    return escaped;
}

}  // namespace

std::string S3Upload::Put(int file, std::uint64_t bytes, const Sha256& digest,
                          std::uint64_t part_bytes) {
    AbortLeftovers();
    Begin();
    try {
        for (std::uint64_t offset = 0; offset < bytes; offset += part_bytes)
            PutPart(file, offset, std::min(part_bytes, bytes - offset));
        if (whole_.Finish() != digest)
            throw client_.Error(Kind::kChanged,
                                "the file of " + key_ + " is not what its digest says");
        Complete();
    } catch (...) {
        Abort();
        throw;
    }
    Hasher<Md5> of_digests;
    for (const auto& part : digests_) of_digests.Add(std::as_bytes(std::span(part)));
    return "\"" + Hex(of_digests.Finish()) + "-" + std::to_string(digests_.size()) + "\"";
}

void S3Upload::AbortLeftovers() {
    auto request = client_.Bucket("GET");
    request.query = {{"uploads", ""}, {"prefix", client_.FullKey(key_)}};
    const auto answer = client_.Do(std::move(request));
    // Not everybody can be asked, or may ask.
    if (!answer.ok()) return;
    for (const auto& id : ParseUploads(answer.text, client_.FullKey(key_))) {
        auto abort = client_.Object("DELETE", key_);
        abort.query = {{"uploadId", id}};
        client_.Do(std::move(abort));
    }
}

void S3Upload::Begin() {
    auto request = client_.Object("POST", key_);
    request.query = {{"uploads", ""}};
    // Not left to libcurl, which would add one that it does not sign.
    request.headers["content-type"] = "application/octet-stream";
    const auto answer = client_.Do(std::move(request));
    if (!answer.ok()) throw client_.Error(answer, "cannot begin to store " + key_);
    const auto id = ParseUploadId(answer.text);
    if (!id) throw client_.Error(Kind::kDown, "answered an upload that cannot be read");
    id_ = *id;
}

void S3Upload::PutPart(int file, std::uint64_t offset, std::uint64_t size) {
    const auto digests = DigestsOf(file, offset, size, &whole_);
    FileBody body(file, offset, size);
    auto request = client_.Object("PUT", key_);
    request.query = {{"partNumber", std::to_string(etags_.size() + 1)}, {"uploadId", id_}};
    request.body = &body;
    const auto answer = client_.Do(std::move(request), digests.sha256);
    if (!answer.ok()) throw client_.Error(answer, "cannot store a part of " + key_);
    etags_.push_back(answer.Header("etag"));
    digests_.push_back(digests.md5);
}

void S3Upload::Complete() {
    auto request = client_.Object("POST", key_);
    request.query = {{"uploadId", id_}};
    request.text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t i = 0; i < etags_.size(); ++i)
        request.text += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
                        EscapeXml(etags_[i]) + "</ETag></Part>";
    request.text += "</CompleteMultipartUpload>";
    request.headers["content-type"] = "application/xml";
    const auto payload = Sha256Of(request.text);
    const auto answer = client_.Do(std::move(request), payload);
    if (!answer.ok() || !ParseCompleted(answer.text))
        throw client_.Error(answer, "cannot put the parts of " + key_ + " together");
}

void S3Upload::Abort() noexcept {
    try {
        client_.transfer().TidyUp(kTidyUp);
        auto request = client_.Object("DELETE", key_);
        request.query = {{"uploadId", id_}};
        client_.Do(std::move(request));
    } catch (const std::exception&) {
        // The next upload of this key finds what is left.
    }
    client_.transfer().EndTidyUp();
}

}  // namespace aircheck::cloud
