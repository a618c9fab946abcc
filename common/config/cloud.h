// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"

namespace aircheck::config {

enum class OptionKind {
    kPlain,
    kSecret,  // may also come from the file that `{name}_file` names; never shown
    kPath,    // on this machine
};

/// One option of a cloud service. Each may also come from the environment.
struct CloudKey {
    std::string_view name;
    std::string_view expected;
    bool required = false;
    OptionKind kind = OptionKind::kPlain;
    bool (*valid)(std::string_view) = nullptr;
};

/// Empty for a service that does not exist.
std::span<const CloudKey> CloudKeys(std::string_view service);

/// Fills in what the file left out: AIRCHECK_CLOUD_{NAME}, and for s3 the variables that its
/// other clients read.
void AddFromEnvironment(CloudConfig* cloud);

/// Required options that are nowhere, each as a sentence.
std::vector<std::string> MissingOptions(const CloudConfig& cloud);

/// Whether this machine looks after the objects of machines that have not been heard of for the
/// time of a lease: `official`.
bool IsOfficial(const CloudConfig& cloud);

/// For how long a machine that is not heard of any more keeps its rights: `lease`.
Duration LeaseTime(const CloudConfig& cloud);

/// Bytes a second that uploads may take: `bandwidth`; 0: as many as they get.
std::uint64_t Bandwidth(const CloudConfig& cloud);

bool IsSecretOption(std::string_view service, std::string_view name);

}  // namespace aircheck::config
