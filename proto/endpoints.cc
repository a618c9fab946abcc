// SPDX-License-Identifier: MIT
#include "proto/endpoints.h"

namespace aircheck::proto {
namespace {

std::string RunEndpoint(const std::filesystem::path& storage, const std::string& name) {
    return "ipc://" + (storage / "run" / name).string();
}

}  // namespace

std::string ControlEndpoint(const std::filesystem::path& storage, int generation) {
    return RunEndpoint(storage, "control-" + std::to_string(generation));
}

std::string TapEndpoint(const std::filesystem::path& storage) {
    return RunEndpoint(storage, "tap");
}

std::string TapEndpoint(const std::filesystem::path& storage, int generation) {
    return RunEndpoint(storage, "tap-" + std::to_string(generation));
}

}  // namespace aircheck::proto
