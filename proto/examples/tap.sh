#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints a line for each heartbeat: tap.sh [OPTION OF aircheck tap]...
aircheck tap heartbeat. "$@" |
    sed -un 's/^heartbeat\.\([^ ]*\) .*"seq":\([0-9]*\).*"bytes":\([0-9]*\),.*/\1: beat \2, \3 bytes/p'
