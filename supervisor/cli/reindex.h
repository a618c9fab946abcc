// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/config.h"

namespace aircheck::cli {

/// Makes the catalog of a storage folder anew from the recordings in it and in its cloud, as far as
/// it does not know them; a broken one is set aside. Works beside a running aircheckd. Tells on
/// standard output what it found. Answers the exit code.
int Reindex(const config::Config& config);

}  // namespace aircheck::cli
