// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace aircheck::proto {

/// "ipc://{storage}/run/control-{generation}": workers' DEALERs to the supervisor's ROUTER. One
/// per generation, so that two can live side by side.
std::string ControlEndpoint(const std::filesystem::path& storage, int generation);

/// "ipc://{storage}/run/tap": the supervisor's XPUB; anybody's SUB.
std::string TapEndpoint(const std::filesystem::path& storage);

/// "ipc://{storage}/run/tap-{generation}": the same of one supervisor, for its own web workers,
/// also while another one has the endpoint above.
std::string TapEndpoint(const std::filesystem::path& storage, int generation);

/// Longest path of the storage folder with which the above fit into a Unix socket's address.
inline constexpr std::size_t kMaxStoragePath = 80;

}  // namespace aircheck::proto
