# SPDX-License-Identifier: MIT
"""What the integration tests are made of: real servers, real programs, outside judges."""

import pathlib
import sys

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]
DEPLOY = CHECKOUT / "deploy"
sys.path.insert(0, str(DEPLOY))
