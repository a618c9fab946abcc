// SPDX-License-Identifier: MIT
#include "webapi/looking/coverage_svg.h"

#include <array>
#include <string_view>
#include <utility>

#include "common/coverage/text.h"
#include "common/log/log.h"
#include "webapi/http/escape_html.h"

namespace aircheck::webapi {

namespace {

using coverage::Column;
using coverage::Coverage;
using coverage::Day;
using coverage::kColumns;
using coverage::Shade;

constexpr int kLeft = 90;
constexpr int kTop = 64;
constexpr int kColumnWidth = 14;
constexpr int kRowHeight = 20;
constexpr int kFullHeight = kRowHeight - 3;
constexpr int kRight = kLeft + kColumns * kColumnWidth;
constexpr int kWidth = kRight + 80;
constexpr std::size_t kHolesTold = 5;

constexpr std::array<std::pair<Shade, std::string_view>, 6> kLegend = {
    {{Shade::kAll, "all"},
     {Shade::kDoubled, "doubled"},
     {Shade::kAlmost, "under a minute missing"},
     {Shade::kMuch, "more"},
     {Shade::kLittle, "most"},
     {Shade::kNothing, "nothing there"}}};

constexpr std::string_view kStyle =
    "<style>\n"
    "svg{background:#fff}text{font:12px system-ui,sans-serif;fill:#222}.h{font-size:15px}\n"
    ".e{text-anchor:end}.all{fill:#2b8a4b}.doubled{fill:#1c6fb0}.almost{fill:#b7a21c}\n"
    ".much{fill:#d9822b}.little{fill:#c2410c}.nothing{fill:#a61b1b}\n"
    "@media(prefers-color-scheme:dark){svg{background:#161a1d}text{fill:#ddd}.all{fill:#3fae66}\n"
    ".doubled{fill:#4a9fe0}.almost{fill:#d8c443}.much{fill:#eb9d4d}.little{fill:#ef6a3a}\n"
    ".nothing{fill:#e05252}}\n"
    "</style>\n";

std::string_view ClassOf(Shade shade) {
    switch (shade) {
        case Shade::kOutside:
            break;
        case Shade::kNothing:
            return "nothing";
        case Shade::kLittle:
            return "little";
        case Shade::kMuch:
            return "much";
        case Shade::kAlmost:
            return "almost";
        case Shade::kAll:
            return "all";
        case Shade::kDoubled:
            return "doubled";
    }
    return "";
}

/// How many columns from `begin` on are alike, so that a rectangle does for all of them.
int RunLength(const std::array<Column, kColumns>& columns, int begin) {
    const auto at = [&](int i) -> const Column& { return columns.at(static_cast<std::size_t>(i)); };
    const Column& first = at(begin);
    const bool even = first.shade == Shade::kAll || first.shade == Shade::kDoubled ||
                      first.shade == Shade::kNothing;
    int end = begin + 1;
    while (even && end < kColumns && at(end).shade == first.shade && at(end).cause == first.cause)
        ++end;
    return end - begin;
}

std::string ClockText(int column) {
    return fmt::format("{:02}:{:02}", column / 2, column % 2 * 30);
}

/// The less there is, the lower: not by its colour alone.
int HeightOf(Shade shade) {
    switch (shade) {
        case Shade::kOutside:
            return 0;
        case Shade::kNothing:
            return 3;
        case Shade::kLittle:
            return 6;
        case Shade::kMuch:
            return 10;
        case Shade::kAlmost:
            return 14;
        case Shade::kAll:
        case Shade::kDoubled:
            break;
    }
    return kFullHeight;
}

/// Without its end, for what is to be in it.
std::string BeginRectangle(Shade shade, int x, int y, int width) {
    const int height = HeightOf(shade);
    return fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}")", ClassOf(shade),
                       x, y + kFullHeight - height, width, height);
}

std::string Rectangle(const std::string& day, const std::array<Column, kColumns>& columns,
                      int begin, int length, int y) {
    const Column& first = columns.at(static_cast<std::size_t>(begin));
    std::string text =
        BeginRectangle(first.shade, kLeft + begin * kColumnWidth, y, length * kColumnWidth - 1);
    time::Micros missing{};
    for (int i = begin; i < begin + length; ++i)
        missing += columns.at(static_cast<std::size_t>(i)).sums.missing;
    if (missing == time::Micros{}) return text + "/>\n";
    return text + fmt::format("><title>{} {} to {}: missing {}, {}</title></rect>\n", day,
                              ClockText(begin), ClockText(begin + length),
                              coverage::DurationText(missing), EscapeHtml(first.cause));
}

std::string Legend(int y) {
    std::string text;
    int x = kLeft;
    for (const auto& [shade, label] : kLegend) {
        text += BeginRectangle(shade, x, y, kColumnWidth - 1) + "/>\n";
        text += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", x + kColumnWidth + 4,
                            y + kRowHeight - 7, label);
        x += kColumnWidth + 30 + 7 * static_cast<int>(label.size());
    }
    return text;
}

std::string Row(const Coverage& whole, const Day& day, int y) {
    const std::string name = coverage::DayName(whole, day);
    std::string text = fmt::format("<text x=\"8\" y=\"{}\">{}</text>\n", y + kRowHeight - 7, name);
    const auto columns = coverage::Columns(day);
    for (int begin = 0; begin < kColumns;) {
        const Column& column = columns.at(static_cast<std::size_t>(begin));
        const int length = RunLength(columns, begin);
        if (column.shade != Shade::kOutside) text += Rectangle(name, columns, begin, length, y);
        begin += length;
    }
    return text + fmt::format("<text class=\"e\" x=\"{}\" y=\"{}\">{} %</text>\n", kWidth - 8,
                              y + kRowHeight - 7, coverage::PercentText(day.sums));
}

std::string Description(const Coverage& whole) {
    std::string text = fmt::format(
        "{} to {}, {}. Missing: {} in {} hole{}; doubled: {}.",
        coverage::LocalTimeText(whole, whole.from), coverage::LocalTimeText(whole, whole.to),
        whole.zone.Name(), coverage::DurationText(whole.sums.missing), whole.holes.size(),
        whole.holes.size() == 1 ? "" : "s", coverage::DurationText(whole.sums.doubled));
    for (const coverage::Hole& hole : coverage::LongestHoles(whole, kHolesTold))
        text += fmt::format(" {}: {}, {}.", coverage::LocalTimeText(whole, hole.from),
                            coverage::DurationText(hole.to - hole.from), coverage::CauseText(hole));
    return EscapeHtml(text);
}

}  // namespace

std::string CoverageSvg(const Coverage& whole) {
    const int height = kTop + static_cast<int>(whole.days.size()) * kRowHeight + kRowHeight + 16;
    const std::string title = fmt::format("{}: {} % recorded", EscapeHtml(whole.station),
                                          coverage::PercentText(whole.sums));
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" role=\"img\" aria-labelledby=\"title desc\">\n<title "
        "id=\"title\">{2}</title>\n<desc id=\"desc\">{3}</desc>\n{4}<text class=\"h\" x=\"8\" "
        "y=\"24\">{2}</text>\n",
        kWidth, height, title, Description(whole), kStyle);
    for (int hour = 0; hour < 24; hour += 3)
        svg += fmt::format("<text x=\"{}\" y=\"{}\">{}:00</text>\n",
                           kLeft + 2 * hour * kColumnWidth, kTop - 8, hour);
    int y = kTop;
    for (const Day& day : whole.days) {
        svg += Row(whole, day, y);
        y += kRowHeight;
    }
    return svg + Legend(y + 8) + "</svg>\n";
}

}  // namespace aircheck::webapi
