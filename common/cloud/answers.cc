// SPDX-License-Identifier: MIT
#include "common/cloud/answers.h"

#include <pugixml.hpp>

#include <algorithm>

#include "common/cloud/text.h"
#include "common/time/timestamp.h"
#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

constexpr std::size_t kMaxCodeLength = 64;

pugi::xml_document Parse(std::string_view xml) {
    pugi::xml_document document;
    // What is no XML leaves a document without the elements that are looked for.
    if (!document.load_buffer(xml.data(), xml.size())) document.reset();
    return document;
}

/// "2026-11-20T20:30:00.000Z"; the epoch for anything else.
time::SysTime ReadIso(std::string_view text) {
    std::string basic;
    for (const char c : text.substr(0, text.find('.'))) {
        if (c != '-' && c != ':') basic += c;
    }
    if (!basic.ends_with('Z')) basic += 'Z';
    return time::ParseBasic(basic).value_or(time::SysTime{});
}

std::optional<std::uint64_t> ReadSize(std::string_view text) {
    const auto number = util::ParseInteger(text);
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

/// Amazon's and MinIO's services send a blank as "+", as forms do, and "+" as "%2B".
std::string DecodeForm(std::string text) {
    std::replace(text.begin(), text.end(), '+', ' ');
    return DecodePercent(text);
}

}  // namespace

std::optional<ListPage> ParseS3List(std::string_view xml) {
    const auto document = Parse(xml);
    const auto root = document.child("ListBucketResult");
    if (!root) return std::nullopt;
    const bool encoded = std::string_view(root.child_value("EncodingType")) == "url";
    ListPage page;
    for (const auto& entry : root.children("Contents")) {
        const auto bytes = ReadSize(entry.child_value("Size"));
        if (!bytes) return std::nullopt;
        std::string key = entry.child_value("Key");
        if (encoded) key = DecodeForm(std::move(key));
        page.objects.push_back({std::move(key), *bytes, entry.child_value("ETag"),
                                ReadIso(entry.child_value("LastModified"))});
    }
    if (std::string_view(root.child_value("IsTruncated")) != "true") return page;
    page.next = root.child_value("NextContinuationToken");
    if (page.next.empty()) return std::nullopt;
    return page;
}

std::optional<ListPage> ParseAzureList(std::string_view xml) {
    const auto document = Parse(xml);
    const auto root = document.child("EnumerationResults");
    if (!root) return std::nullopt;
    ListPage page;
    for (const auto& entry : root.child("Blobs").children("Blob")) {
        const auto properties = entry.child("Properties");
        const auto bytes = ReadSize(properties.child_value("Content-Length"));
        if (!bytes) return std::nullopt;
        const auto name = entry.child("Name");
        std::string key = name.child_value();
        if (std::string_view(name.attribute("Encoded").value()) == "true") {
            key = DecodePercent(key);
        }
        // A list has bare tags where an object's own header has quotes.
        std::string etag = properties.child_value("Etag");
        if (!etag.empty() && !etag.ends_with('"')) etag.insert(0, 1, '"').push_back('"');
        page.objects.push_back({std::move(key), *bytes, std::move(etag),
                                time::ParseHttpDate(properties.child_value("Last-Modified"))
                                    .value_or(time::SysTime{})});
    }
    page.next = root.child_value("NextMarker");
    return page;
}

std::optional<std::string> ParseUploadId(std::string_view xml) {
    const auto document = Parse(xml);
    std::string id = document.child("InitiateMultipartUploadResult").child_value("UploadId");
    if (id.empty()) return std::nullopt;
    return id;
}

std::vector<std::string> ParseUploads(std::string_view xml, std::string_view key) {
    const auto document = Parse(xml);
    std::vector<std::string> ids;
    for (const auto& entry : document.child("ListMultipartUploadsResult").children("Upload")) {
        const std::string id = entry.child_value("UploadId");
        if (entry.child_value("Key") == key && !id.empty()) ids.push_back(id);
    }
    return ids;
}

std::optional<std::string> ParseCompleted(std::string_view xml) {
    const auto document = Parse(xml);
    const auto root = document.child("CompleteMultipartUploadResult");
    if (!root) return std::nullopt;
    return std::string(root.child_value("ETag"));
}

std::string ParseErrorCode(std::string_view xml) {
    const auto document = Parse(xml);
    const std::string_view code = util::Trim(document.child("Error").child_value("Code"));
    return IsErrorCode(code) ? std::string(code) : std::string();
}

bool IsErrorCode(std::string_view code) {
    return !code.empty() && code.size() <= kMaxCodeLength && std::ranges::all_of(code, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.';
    });
}

}  // namespace aircheck::cloud
