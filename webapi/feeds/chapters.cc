// SPDX-License-Identifier: MIT
#include "webapi/feeds/chapters.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <string_view>

#include "common/util/text.h"
#include "webapi/http/json_text.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

double Seconds(time::Micros duration) {
    return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) /
           1000;
}

void Append(std::vector<Chapter>& chapters, time::Micros start, const std::string& title) {
    if (title.empty()) return;
    if (!chapters.empty() && chapters.back().title == title) return;
    // What lasts for no time is no chapter.
    if (!chapters.empty() && chapters.back().start == start) chapters.pop_back();
    chapters.push_back({start, title});
}

}  // namespace

std::vector<Chapter> ChaptersOf(const Slice& slice, std::span<const catalog::Title> titles) {
    std::map<std::string_view, std::vector<const catalog::Title*>> by_take;
    for (const catalog::Title& title : titles) by_take[title.take].push_back(&title);

    std::vector<Chapter> chapters;
    time::Micros heard{};
    for (const Piece& piece : slice.pieces) {
        const auto& own = by_take[piece.segment.take];
        auto title = std::ranges::upper_bound(own, piece.from(), {}, &catalog::Title::at);
        if (title != own.begin()) Append(chapters, heard, (*std::prev(title))->title);
        for (; title != own.end() && (*title)->at < piece.to(); ++title)
            Append(chapters, heard + ((*title)->at - piece.from()), (*title)->title);
        heard += piece.to() - piece.from();
    }
    return chapters;
}

std::string ChaptersJson(std::span<const Chapter> chapters) {
    json::array array;
    for (const Chapter& chapter : chapters) {
        array.push_back(json::object{{"startTime", Seconds(chapter.start)},
                                     {"title", util::CleanUtf8(chapter.title)}});
    }
    return JsonText(json::object{{"version", "1.2.0"}, {"chapters", std::move(array)}});
}

}  // namespace aircheck::webapi
