// SPDX-License-Identifier: MIT
#include "downloader/station_settings.h"

namespace aircheck::downloader {

bool NeedsNewConnection(const config::StationConfig& now, config::StationConfig fresh) {
    fresh.cascade_time = now.cascade_time;
    fresh.cascade_buffer = now.cascade_buffer;
    fresh.cycle_time = now.cycle_time;
    fresh.restart_overlap = now.restart_overlap;
    fresh.segment_time = now.segment_time;
    fresh.sync = now.sync;
    fresh.disk_archive = now.disk_archive;
    fresh.cloud_archive = now.cloud_archive;
    fresh.max_disk = now.max_disk;
    fresh.timezone = now.timezone;
    fresh.recorders = now.recorders;
    fresh.name = now.name;
    return fresh != now;
}

}  // namespace aircheck::downloader
