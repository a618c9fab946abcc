// SPDX-License-Identifier: MIT
#include "common/curl/easy.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "downloader/downloader.h"

int main(int argc, char** argv) {
    return aircheck::worker::Main(argc, argv, "downloader", [](aircheck::worker::Worker& worker) {
        aircheck::curl::GlobalInit();
        aircheck::downloader::Downloader downloader(worker, aircheck::time::SystemClock());
        downloader.Start();
        return worker.Run(downloader.Hooks());
    });
}
