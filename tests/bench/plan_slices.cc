// SPDX-License-Identifier: MIT
// Plans slices of a large catalog and tells how long each took; see catalog. Without a list of
// slices it makes an empty catalog.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "webapi/listening/slice.h"

namespace {

using namespace aircheck;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct Wanted {
    std::string station;
    time::SysTime from;
    time::SysTime to;
};

std::vector<Wanted> Read(const char* path) {
    std::ifstream file(path);
    std::vector<Wanted> list;
    std::string station;
    std::int64_t from = 0;
    std::int64_t to = 0;
    while (file >> station >> from >> to)
        list.push_back({station, time::SysTime(std::chrono::seconds{from}),
                        time::SysTime(std::chrono::seconds{to})});
    return list;
}

/// How long each took, in order; false if one of them was not to be had as a whole.
bool Plan(const catalog::Catalog& catalog, const storage::Layout& layout,
          const std::vector<Wanted>& list, std::vector<double>& took) {
    const time::SysTime now = time::SystemClock().Now();
    for (const Wanted& wanted : list) {
        const auto began = std::chrono::steady_clock::now();
        const auto built =
            webapi::BuildSlice(&catalog, layout, wanted.station, wanted.from, wanted.to, now);
        took.push_back(Milliseconds(std::chrono::steady_clock::now() - began).count());
        const auto* slice = std::get_if<webapi::Slice>(&built);
        if (slice == nullptr || !slice->gaps.empty() || slice->pieces.size() < 2) return false;
    }
    std::ranges::sort(took);
    return true;
}

int Run(int argc, char** argv) {
    const storage::Layout layout(argv[1]);
    if (argc == 2) {
        const catalog::Catalog made(layout.Catalog(), catalog::Catalog::Mode::kReadWrite);
        return EXIT_SUCCESS;
    }
    const catalog::Catalog catalog(layout.Catalog(), catalog::Catalog::Mode::kReadOnly);
    const std::vector<Wanted> list = Read(argv[2]);
    std::vector<double> took;
    if (!Plan(catalog, layout, list, took) || took.empty()) {
        std::fputs("a slice has gaps\n", stderr);
        return EXIT_FAILURE;
    }
    std::printf("{\"slices\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"worst\": %.3f}\n", took.size(),
                took[took.size() / 2], took[took.size() * 99 / 100], took.back());
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc == 2 || argc == 3) return Run(argc, argv);
    std::fputs("usage: plan-slices FOLDER [SLICES]\n", stderr);
    return EXIT_FAILURE;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
}
