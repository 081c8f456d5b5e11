"""Whether this machine can show a window: the libraries that Qt needs of the system, and a screen."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable

# Libraries of the system that Qt's wheels load on Linux, and the packages of Debian and Ubuntu that have them.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
}
ON_X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def missing_packages(*, screen: bool = True) -> list[str]:
    """Packages of the system that are missing, none where Qt brings everything (Windows, macOS)."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = LIBRARIES | ON_X11 if screen else LIBRARIES
    return sorted({package for library, package in wanted.items() if not _loads(library)})


def missing_for_tests() -> list[str]:
    """Packages that the window's tests need besides: a screen in memory."""
    xvfb = [] if not sys.platform.startswith("linux") or shutil.which("Xvfb") else ["xvfb"]
    return missing_packages() + xvfb


def obstacle() -> str | None:
    """Why no window can be shown here, and what to do; None where one can."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    on_x11 = platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY"))
    if missing := missing_packages(screen=on_x11):
        return f"libraries of the system are missing that the window needs; {install(missing)}"
    if sys.platform.startswith("linux") and not platform:
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); open the window on a desktop"
    return None


def install(packages: Iterable[str]) -> str:
    """The command that installs packages of the system."""
    return f"install them: sudo apt-get install {' '.join(packages)}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def main(words: list[str]) -> int:
    """`--list` prints the packages that are missing for the tests; `--for-tests` fails where there are some."""
    missing = missing_for_tests()
    if words == ["--list"]:
        print(" ".join(missing))
        return 0
    if missing:
        print(f"the window's tests need packages of the system; {install(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
