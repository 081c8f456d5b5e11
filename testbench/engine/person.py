"""Who gives a command or an answer: the name this user has on this computer."""

from __future__ import annotations

import getpass
import os
import socket


def host_name() -> str:
    """Name of this computer."""
    return socket.gethostname() or "unknown"


def present_person(at: str = "") -> str:
    """The user's name, with the computer's if the run goes on at another one (`at`): "li" or "li@bench-2"."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without an entry or a name in the environment, as in containers
        name = f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown user"
    host = host_name()
    return name if at in ("", host) else f"{name}@{host}"
