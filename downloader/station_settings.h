// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/config.h"

namespace aircheck::downloader {

/// Whether a station that is configured otherwise must be connected to anew. What is about its
/// files, times and people may change under a connection; any other setting is taken for one that
/// the connection depends on.
bool NeedsNewConnection(const config::StationConfig& now, config::StationConfig fresh);

}  // namespace aircheck::downloader
