// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/cloud/answers.h"
#include "common/cloud/sftp_listing.h"
#include "common/util/percent.h"

using namespace aircheck;

// Whatever a service says: nothing is thrown, no page follows itself without end, no error's code
// can hold more than a word, and no name of a listing leaves its folder.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    cloud::ParseS3List(text);
    cloud::ParseAzureList(text);
    cloud::ParseCompleted(text);
    for (const auto& id : cloud::ParseUploads(text, "a")) {
        if (id.empty()) std::abort();
    }
    if (const auto id = cloud::ParseUploadId(text); id && id->empty()) std::abort();
    const auto code = cloud::ParseErrorCode(text);
    if (!code.empty() && !cloud::IsErrorCode(code)) std::abort();
    if (util::PercentDecode(util::PercentEncode(text)) != text) std::abort();

    const time::SysTime now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 30}};
    if (const auto entry = cloud::ParseSftpEntry(text, now)) {
        if (entry->name.empty() || entry->name.find('/') != std::string::npos) std::abort();
    }
    return 0;
}
