// SPDX-License-Identifier: MIT
#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

constexpr char kAddTitle[] =
    "INSERT INTO title(station, at_us, take, title, url) VALUES (?, ?, ?, ?, ?)";
constexpr char kTitlesBetween[] =
    "SELECT station, at_us, take, title, url, id FROM title "
    "WHERE station = ? AND at_us >= ? AND at_us < ? ORDER BY at_us, id";
constexpr char kTitlesBefore[] =
    "SELECT station, at_us, take, title, url, id FROM title "
    "WHERE station = ? AND at_us >= ? AND (at_us, id) < (?, ?) "
    "ORDER BY at_us DESC, id DESC LIMIT ?";
constexpr char kOtherTitleAfter[] =
    "SELECT station, at_us, take, title, url, id FROM title "
    "WHERE station = ? AND (at_us, id) > (?, ?) AND title <> ? ORDER BY at_us, id LIMIT 1";
constexpr char kAllTitlesBefore[] =
    "SELECT station, at_us, take, title, url, id FROM title WHERE id < ? ORDER BY id DESC LIMIT ?";
constexpr char kSearchTitles[] =
    "SELECT title.station, at_us, take, title.title, url, id "
    "FROM title_search JOIN title ON id = title_search.rowid "
    "WHERE title_search MATCH ? AND title_search.rowid < ? "
    "ORDER BY title_search.rowid DESC LIMIT ?";
constexpr char kRebuildTitleSearch[] = "INSERT INTO title_search(title_search) VALUES ('rebuild')";

template <typename... Values>
std::vector<Title> Titles(StatementCache& statements, const char* sql, const Values&... values) {
    std::vector<Title> titles;
    Query row(statements.Get(sql), values...);
    while (row.Step())
        titles.push_back(
            {row.Text(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4), row.Integer(5)});
    return titles;
}

}  // namespace

void Catalog::AddTitle(const Title& title) {
    Query(impl_->statements.Get(kAddTitle), title.station, title.at, title.take, title.title,
          title.url)
        .Run();
}

std::vector<Title> Catalog::TitlesBetween(std::string_view station, time::SysTime from,
                                          time::SysTime to) const {
    return Titles(impl_->statements, kTitlesBetween, station, from, to);
}

std::vector<Title> Catalog::TitlesBefore(std::string_view station, time::SysTime from,
                                         TitlePlace before, std::size_t limit) const {
    return Titles(impl_->statements, kTitlesBefore, station, from, before.at, before.id, limit);
}

std::optional<Title> Catalog::OtherTitleAfter(std::string_view station, TitlePlace place,
                                              std::string_view title) const {
    auto titles = Titles(impl_->statements, kOtherTitleAfter, station, place.at, place.id, title);
    if (titles.empty()) return std::nullopt;
    return std::move(titles.front());
}

std::vector<Title> Catalog::TitlesBefore(std::int64_t before, std::size_t limit) const {
    return Titles(impl_->statements, kAllTitlesBefore, before, limit);
}

std::vector<Title> Catalog::SearchTitles(std::string_view match, std::int64_t before,
                                         std::size_t limit) const {
    return Titles(impl_->statements, kSearchTitles, match, before, limit);
}

void Catalog::RebuildTitleSearch() {
    Query(impl_->statements.Get(kRebuildTitleSearch)).Run();
}

}  // namespace aircheck::catalog
