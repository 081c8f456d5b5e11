"""A record on a network path is refused; what counts as one."""

from pathlib import PurePosixPath

import pytest

from testbench.record.network import is_unc, network_mount

MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/export /data nfs4 rw,vers=4.2 0 0
/dev/sdb1 /data/local xfs rw 0 0
//nas/lab /mnt/lab\040share cifs rw 0 0
me@host: /home/me/far fuse.sshfs rw 0 0
/dev/fuse /home/me/near fuse.bindfs rw 0 0
C:\134 /mnt/c 9p rw 0 0
/dev/sdc1 /mnt/over ext4 rw 0 0
server:/x /mnt/over nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/home/lab/bench.record", None),
        ("/data/bench.record", "nfs4 file system on /data"),
        ("/data/local/bench.record", None),
        ("/database/bench.record", None),
        ("/mnt/lab share/a/bench.record", "cifs file system on /mnt/lab share"),
        ("/home/me/far/bench.record", "fuse.sshfs file system on /home/me/far"),
        ("/home/me/near/bench.record", None),
        ("/mnt/c/lab/bench.record", "9p file system on /mnt/c"),
        ("/mnt/over/bench.record", "nfs file system on /mnt/over"),
    ],
)
def test_the_innermost_mount_decides(path: str, place: str | None) -> None:
    assert network_mount(MOUNTS, PurePosixPath(path)) == place


@pytest.mark.parametrize(
    ("path", "unc"),
    [
        (r"\\server\share\bench.record", True),
        (r"\\?\UNC\server\share\bench.record", True),
        (r"\\?\C:\lab\bench.record", False),
        (r"\\.\C:\lab\bench.record", False),
        (r"C:\lab\bench.record", False),
        ("/home/lab/bench.record", False),
    ],
)
def test_unc_paths_are_told_from_local_device_paths(path: str, unc: bool) -> None:
    assert is_unc(path) is unc
