"""The demo as a person starts and ends it: real servers, real processes, real signals."""

import fcntl
import os
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyplatform.demo.places import CannotStart, Places, port_from
from tests.demo.running import RunningDemo, in_use


@pytest.fixture
def demo() -> Iterator[RunningDemo]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        running = RunningDemo(Path(folder) / "data")
        yield running
        running.said("reset")


def test_nothing_is_lost_by_a_power_cut_and_nothing_is_left_by_an_end(demo: RunningDemo) -> None:
    first = demo.start()
    assert in_use(demo.port)
    demo.sql("CREATE TABLE kept (word text)")
    demo.sql("INSERT INTO kept VALUES ('still here')")

    code, words = demo.said()
    assert (code, words) == (1, "The demo is already running from this folder. Stop it first.\n")

    demo.kill_all(first)
    second = demo.start()
    assert demo.sql("SELECT word FROM kept") == [("still here",)]
    sockets = demo.sockets()

    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0
    assert demo.processes() == []
    assert not in_use(demo.port)
    assert not in_use(demo.port + 1)
    assert not sockets.exists()
    assert not (demo.folder / "postgres" / "postmaster.pid").exists()
    with (demo.folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_killed_supervisor_takes_its_children_along(demo: RunningDemo) -> None:
    running = demo.start()
    assert len(demo.processes()) >= 5

    running.kill()
    running.wait()
    demo.wait_for_nothing()

    assert not in_use(demo.port)


def test_a_port_in_use_is_one_sentence(demo: RunningDemo) -> None:
    with socket.create_server(("127.0.0.1", demo.port + 1)):
        code, words = demo.said()

    assert code == 1
    assert words == f"Port {demo.port + 1} is in use. Choose another one: PORT={demo.port + 100} make demo\n"


@pytest.mark.parametrize("port", ["0", "65535", "eight thousand", "-1"])
def test_a_port_that_is_none_is_one_sentence(port: str) -> None:
    with pytest.raises(CannotStart, match=r"PORT must be a number from 1 to 65534"):
        port_from(port)


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(CannotStart, match=r"Cannot write in .*\(Permission denied\)\. Give yourself"):
            Places(tmp_path / "data")
    finally:
        os.seteuid(me)


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    places = Places(tmp_path / "data")
    secret = places.secret("SECRET_KEY")

    assert len(secret) == 64
    assert Places(tmp_path / "data").secret("SECRET_KEY") == secret
    assert stat.S_IMODE((tmp_path / "data" / "SECRET_KEY").stat().st_mode) == 0o600
    places.forget()


def test_reset_forgets_everything(demo: RunningDemo) -> None:
    Places(demo.folder).secret("SECRET_KEY")

    code, words = demo.said("reset")

    assert code == 0, words
    assert not demo.folder.exists()
