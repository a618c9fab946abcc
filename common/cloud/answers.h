// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cloud/object_store.h"

/// The XML that services answer. Whatever comes, nothing is thrown: nullopt for what is no such
/// document.
namespace aircheck::cloud {

struct ListPage {
    std::vector<ObjectInfo> objects;
    std::string next;  // where the next page begins; empty: this is the last one

    bool operator==(const ListPage&) const = default;
};

/// ListBucketResult of ListObjectsV2; keys decoded if the answer says that they are encoded.
std::optional<ListPage> ParseS3List(std::string_view xml);

/// EnumerationResults of List Blobs.
std::optional<ListPage> ParseAzureList(std::string_view xml);

/// InitiateMultipartUploadResult.
std::optional<std::string> ParseUploadId(std::string_view xml);

/// ListMultipartUploadsResult: the ids of those of `key`.
std::vector<std::string> ParseUploads(std::string_view xml, std::string_view key);

/// The ETag of a CompleteMultipartUploadResult: an error may come with status 200 as well.
std::optional<std::string> ParseCompleted(std::string_view xml);

/// The code of an error ("NoSuchBucket"), which is all of it that may be shown: what else it has
/// can hold keys and signatures. Empty if there is none.
std::string ParseErrorCode(std::string_view xml);

/// Whether `code` looks like one: letters, digits and dots, not too many.
bool IsErrorCode(std::string_view code);

}  // namespace aircheck::cloud
