// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "common/time/zone.h"

namespace aircheck::webapi {

/// The parts of "{callsign}-{time}_{duration}.mp3"; the callsign and the extension may be missing.
struct SliceName {
    std::string time;      // for ParseCompactLocal
    std::string duration;  // for ParseSpokenDuration

    bool operator==(const SliceName&) const = default;
};

std::optional<SliceName> ParseSliceName(std::string_view text, std::string_view callsign);

/// The name that asks for [from, to), in whole seconds.
std::string FormatSliceName(std::string_view callsign, const time::Zone& zone, time::SysTime from,
                            time::SysTime to, std::string_view extension);

/// The same in UTC, which means the same for ever, whatever becomes of the station's zone.
std::string FormatUtcSliceName(std::string_view callsign, time::SysTime from, time::SysTime to,
                               std::string_view extension);

/// `name` with this extension instead of the audio extension it may have.
std::string WithExtension(std::string_view name, std::string_view extension);

/// The value of Content-Disposition that offers the file by that name (RFC 6266).
std::string AttachmentHeader(std::string_view file_name);

}  // namespace aircheck::webapi
