// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/audio/codec.h"
#include "common/catalog/catalog.h"
#include "common/time/clock.h"

namespace aircheck::webapi {

/// A title, and how long what it names was heard.
struct Played {
    catalog::Title title;
    std::optional<time::SysTime> end;   // nullopt: it is on the air, or nobody knows
    std::optional<audio::Codec> codec;  // of its sound; nullopt: there is none
    time::SysTime heard_to;             // as far as there is sound of it
};

/// Which titles are wanted.
struct TitleQuery {
    std::set<std::string, std::less<>> stations;  // of these
    bool by_station = false;                      // of the only one of them, in order of time
    std::string match;                            // see catalog::TitleMatch; "": all
    time::SysTime from;                           // begun in [from, to)
    time::SysTime to;
    std::optional<catalog::TitlePlace> before;  // and before this one, from a page before
    std::size_t limit = 0;
};

struct TitlePage {
    std::vector<Played> titles;               // the last one first
    std::optional<catalog::TitlePlace> next;  // there may be more before this place
};

/// Each title once, though each take of a station announces it: what another take had said up to
/// half a minute before goes on. A title ends where the next one begins, or its sound. Looks at so
/// many rows at most that it takes some milliseconds: a page may have fewer titles than the limit,
/// or none, though there are more.
TitlePage FindTitles(const catalog::Catalog& catalog, const TitleQuery& query, time::SysTime now);

}  // namespace aircheck::webapi
