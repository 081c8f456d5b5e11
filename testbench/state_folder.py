"""Where this program keeps what belongs to the user and not to one evaluation: lists, registers, layouts, logs."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TESTBENCH_STATE_DIR"


def state_folder() -> Path:
    """The user's state folder, or that of the environment variable TESTBENCH_STATE_DIR; it may not be there yet."""
    folder = os.environ.get(VARIABLE)
    if folder:
        return Path(folder)
    import platformdirs

    return platformdirs.user_state_path("testbench", appauthor=False)
