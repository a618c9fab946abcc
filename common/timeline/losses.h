// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/timeline/timeline.h"

namespace aircheck::timeline {

// Causes of gaps in what the catalog has.
inline constexpr char kMissingInCloud[] = "missing in the cloud";
inline constexpr char kChangedInCloud[] = "changed in the cloud";
inline constexpr char kNoCloud[] = "in the cloud, and none is configured";

/// By what the sound of a segment is lost, as the cause of a gap; "" if it is not. May be empty.
using LossOf = std::function<std::string(const catalog::Segment&)>;

/// Takes segments that are lost out of what a timeline is made of, so that another take may fill
/// in. What the catalog itself says counts as well. Answers when they were on the air, and why they
/// are lost.
std::vector<Gap> TakeLosses(std::vector<Recorded>& recorded, const LossOf& loss_of);

/// Gives the gaps that these left their causes.
void NameLosses(std::span<Gap> gaps, std::span<const Gap> losses);

}  // namespace aircheck::timeline
