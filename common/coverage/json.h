// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include "common/coverage/coverage.h"

namespace aircheck::coverage {

/// All of it: {"station": …, "percent": …, "days": [{"date": …, "cells": […]}], "holes": […]}.
/// Durations are in seconds, times in UTC; a cell's "time" is the station's clock.
boost::json::object Json(const Coverage& coverage);

}  // namespace aircheck::coverage
