// SPDX-License-Identifier: MIT
// Whatever people look for is words: a search never fails, and finds nothing but titles.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/catalog/catalog.h"
#include "common/catalog/title_match.h"

namespace aircheck::catalog {
namespace {

constexpr std::size_t kTitles = 3;

const Catalog& Titles() {
    static const Catalog kCatalog = [] {
        std::string folder = std::filesystem::temp_directory_path() / "title-fuzz-XXXXXX";
        if (::mkdtemp(folder.data()) == nullptr) std::abort();
        Catalog catalog(std::filesystem::path(folder) / "catalog.db", Catalog::Mode::kReadWrite);
        std::filesystem::remove_all(folder);
        catalog.AddTake({"a", "kpcc", "", {}, std::nullopt, ""});
        for (const char* title : {"Björk - Jóga", "AC/DC - Don't \"Stop\"", "a OR b NOT c"})
            catalog.AddTitle({"kpcc", {}, "a", title, ""});
        return catalog;
    }();
    return kCatalog;
}

}  // namespace
}  // namespace aircheck::catalog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aircheck::catalog;
    const std::string_view words(reinterpret_cast<const char*>(data), size);
    for (const char* station : {"", "kpcc"}) {
        const std::string match = TitleMatch(words, station);
        if (match.empty()) continue;
        if (Titles().SearchTitles(match, 100, 100).size() > kTitles) std::abort();
    }
    return 0;
}
