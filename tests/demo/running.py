"""A whole demo in a folder of its own, started and ended the way a person does it."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from studyplatform.demo.leftovers import marked

LONG = 90


class RunningDemo:
    """`python -m studyplatform.demo` with its data in `folder`; its world is left out, being tested elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        (folder / "seeded").touch()
        self.outputs = 0

    def command(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start the command line; what it says goes to a new `output`, beside the folder."""
        self.outputs += 1
        self.output = self.folder.with_name(f"{self.folder.name}-{self.outputs}.txt")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        environment = {**kept, "DEMO_DATA": str(self.folder), "PORT": str(self.port), **variables}
        command = [sys.executable, "-m", "studyplatform.demo", *arguments]
        with self.output.open("w") as output:
            return subprocess.Popen(command, env=environment, stdout=output, stderr=output, text=True)

    def said(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Run the command line to its end; return its exit code and what it said."""
        code = self.command(*arguments, **variables).wait(LONG)
        return code, self.output.read_text()

    def start(self) -> "subprocess.Popen[str]":
        """Start the demo and wait for its address."""
        demo = self.command()
        end = time.monotonic() + LONG
        while "Ready: " not in self.output.read_text():
            assert demo.poll() is None, self.output.read_text()
            assert time.monotonic() < end, self.output.read_text()
            time.sleep(0.1)
        return demo

    def processes(self) -> list[int]:
        """Return the ids of everything it started that still runs."""
        return marked(self.folder)

    def kill_all(self, demo: "subprocess.Popen[str]") -> None:
        """End the supervisor and all it started as a power cut would, and wait until they are gone."""
        for pid in [demo.pid, *self.processes()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        demo.wait()
        self.wait_for_nothing()

    def wait_for_nothing(self) -> None:
        """Wait until no process is left."""
        end = time.monotonic() + LONG
        while self.processes():
            assert time.monotonic() < end, self.processes()
            time.sleep(0.05)

    def sockets(self) -> Path:
        """Return the folder of the running database's socket, which the database itself wrote down."""
        return Path((self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[4])

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run one statement in the demo's database and return its rows."""
        connection = psycopg2.connect(host=str(self.sockets()), user="postgres", dbname="demo")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    """Return a port that is free together with the one above it."""
    while True:
        port = random.randrange(20000, 30000, 2)
        if not in_use(port) and not in_use(port + 1):
            return port


def in_use(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
