"""An evaluation keeps the computer awake by itself, without a window, until its process ends in whatever way."""

import os
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the inhibitor is a program on Linux alone")

INHIBITOR = """#!/bin/sh
exec 3>"$INHIBITED"
echo "$@" >&3
while [ "${1#--}" != "$1" ]; do shift; done
"$@"
"""


@pytest.mark.parametrize("killed", [False, True])
def test_it_is_held_from_the_beginning_to_the_end(tmp_path, simulated_text, killed):
    station, program, pipe = (tmp_path / name for name in ("station.toml", "systemd-inhibit", "inhibited"))
    station.write_text(simulated_text, encoding="utf-8")
    program.write_text(INHIBITOR, encoding="utf-8")
    program.chmod(0o755)
    os.mkfifo(pipe)
    heard, ended = [], threading.Event()

    def hear():
        with pipe.open(encoding="utf-8") as stream:
            heard.extend(stream)  # to the end of the last process that has it open
        ended.set()

    threading.Thread(target=hear, daemon=True).start()
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    said = ["run", "drift" if killed else "repeatability", "--station", str(station), "--output", str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-m", "testbench.cli", *said, "--language", "en"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PATH": path, "INHIBITED": str(pipe)},
    ) as process:
        for line in process.stdout:
            if line.startswith("[1]"):
                assert not ended.is_set()
                if killed:
                    process.kill()
        process.wait(60)
        assert bool(process.returncode) is killed
    assert ended.wait(10)
    assert len(heard) == 1
    assert "--what=idle:sleep" in heard[0]
