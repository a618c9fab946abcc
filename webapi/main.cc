// SPDX-License-Identifier: MIT
#include "webapi/web_worker.h"

int main(int argc, char** argv) {
    return aircheck::worker::Main(argc, argv, "webapi", [](aircheck::worker::Worker& worker) {
        return aircheck::webapi::WebWorker(worker).Run();
    });
}
