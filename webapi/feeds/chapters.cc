// SPDX-License-Identifier: MIT
#include "webapi/feeds/chapters.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>

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
    std::vector<Chapter> chapters;
    time::Micros heard{};
    for (const Piece& piece : slice.pieces) {
        const std::string* holds = nullptr;  // where the piece begins
        for (const catalog::Title& title : titles) {
            if (title.take == piece.segment.take && title.at <= piece.from()) holds = &title.title;
        }
        if (holds != nullptr) Append(chapters, heard, *holds);
        for (const catalog::Title& title : titles) {
            const bool within = title.at > piece.from() && title.at < piece.to();
            if (within && title.take == piece.segment.take)
                Append(chapters, heard + (title.at - piece.from()), title.title);
        }
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
