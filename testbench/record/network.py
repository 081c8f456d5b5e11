"""Whether a path lies on a network drive: SQLite's locks and shared memory do not hold there, so a record must not.

Windows: UNC paths and drives that the system calls remote. Linux: the file system type of the mount that holds the path.
On other systems only UNC paths are recognised.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath

FILE_SHARES = frozenset(("afs", "cifs", "coda", "davfs", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav"))
CLUSTERS = frozenset(("beegfs", "ceph", "gfs2", "glusterfs", "gpfs", "lustre", "ocfs2", "orangefs"))
HOST_FOLDERS = frozenset(("9p", "vboxsf", "virtiofs", "vmhgfs"))  # a virtual machine's view of its host's disk
FUSE_SHARES = frozenset(
    ("cephfs", "curlftpfs", "davfs", "glusterfs", "moosefs", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse")
)
DRIVE_REMOTE = 4  # GetDriveTypeW


def network_place(path: Path) -> str | None:
    """Return what makes the path a network path ("UNC path", "nfs file system on /data"), or None if it is local."""
    if is_unc(str(path)):
        return "UNC path"
    if sys.platform == "win32":
        return _remote_drive(path)
    if sys.platform == "linux":
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
        return network_mount(mounts, PurePosixPath(path.resolve()))
    return None


def is_unc(path: str) -> bool:
    r"""Whether a path is written as \\server\share; local device paths (\\?\C:\, \\.\) are not."""
    if path.upper().startswith("\\\\?\\UNC\\"):
        return True
    return path.startswith("\\\\") and not path.startswith(("\\\\?\\", "\\\\.\\"))


def network_mount(mounts: str, path: PurePosixPath) -> str | None:
    """Find the mount that holds an absolute path in the text of /proc/mounts; name it if it is a network file system."""
    kind, longest = "", None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1]))
        if path.is_relative_to(point) and (longest is None or len(point.parts) >= len(longest.parts)):
            kind, longest = fields[2], point
    remote = kind in FILE_SHARES | CLUSTERS | HOST_FOLDERS or kind.removeprefix("fuse.") in FUSE_SHARES
    return f"{kind} file system on {longest}" if remote else None


def _remote_drive(path: Path) -> str | None:
    """Ask Windows what kind of drive holds the path."""
    if sys.platform != "win32":
        return None
    import ctypes

    drive = path.resolve().anchor
    if is_unc(drive):
        return "UNC path"
    return f"network drive {drive}" if ctypes.windll.kernel32.GetDriveTypeW(drive) == DRIVE_REMOTE else None
