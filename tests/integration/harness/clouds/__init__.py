# SPDX-License-Identifier: MIT
"""Real servers of each kind of cloud, and what drives Aircheck's clients of them."""

from harness import CHECKOUT

NODE_MODULES = CHECKOUT / "build-clouds" / "node_modules"


def node_program(path):
    """The command that runs one of the npm packages' programs."""
    program = NODE_MODULES / path
    assert program.exists(), "run tests/integration/harness/clouds/install first"
    return ["node", program]
