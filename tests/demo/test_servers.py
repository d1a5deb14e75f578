"""PostgreSQL and Valkey as the demo and the tests start them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from studyplatform.demo import servers
from studyplatform.demo.leftovers import end_leftovers, mark, marked
from studyplatform.demo.places import Places
from studyplatform.demo.servers import Postgres, Valkey, reachable_for_others, short_folder, stop_servers


def query(postgres: Postgres, statement: str) -> object:
    connection = psycopg2.connect(host=str(postgres.sockets), user="postgres", dbname="postgres")
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else connection.commit()


def test_hangul_is_found_whatever_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with short_folder() as folder:
        postgres = Postgres(folder, folder, durable=False)
        try:
            postgres.start()
            query(postgres, "CREATE EXTENSION pg_trgm")
            assert query(postgres, "SELECT show_trgm('스터디')::text") != "{}"
        finally:
            stop_servers(postgres)


def test_a_crash_loses_nothing_and_a_half_made_cluster_is_made_anew() -> None:
    with short_folder() as folder:
        (folder / "postgres.new").mkdir()
        (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
        postgres = Postgres(folder, folder, durable=True)
        try:
            postgres.start()
            query(postgres, "CREATE TABLE kept AS SELECT 1 AS one")
            assert postgres.child
            assert postgres.child.process
            os.killpg(postgres.child.process.pid, signal.SIGKILL)
            postgres.child.process.wait()
            postgres.start()
            assert query(postgres, "SELECT one FROM kept") == 1
        finally:
            stop_servers(postgres)


def test_a_stop_with_clients_is_clean() -> None:
    with short_folder() as folder:
        postgres, valkey = Postgres(folder, folder, durable=True), Valkey(folder, folder, durable=True)
        postgres.start()
        valkey.start()
        client = psycopg2.connect(host=str(folder), user="postgres", dbname="postgres")
        stop_servers(postgres, valkey)
        client.close()
        assert [server.child.code() for server in (postgres, valkey) if server.child] == [0, 0]
        assert not (folder / "postgres" / "postmaster.pid").exists()


def test_data_of_a_closed_checkout_stands_where_the_database_reaches_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    places = Places(closed / ".demo")
    try:
        if os.geteuid() != 0:  # one's own servers reach one's own folders
            assert places.home == closed / ".demo"
            return
        assert (closed / ".demo" / "place").read_text().strip() == str(places.home)
        assert reachable_for_others(places.home)
        assert Places(closed / ".demo").home == places.home
        with short_folder() as sockets:
            postgres = Postgres(places.home, sockets, durable=False)
            postgres.start()
            stop_servers(postgres)
    finally:
        places.forget()
    assert not places.home.exists()


def throw_away(code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "studyplatform.demo.servers", "-c", code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_command_beside_throw_away_servers_keeps_its_exit_code_and_leaves_nothing() -> None:
    run = throw_away("import os; print(os.environ['REDIS_URL'], flush=True); raise SystemExit(7)")
    words, _ = run.communicate(timeout=60)

    assert run.returncode == 7
    assert not Path(words.strip().removeprefix("unix://").partition("?")[0]).parent.exists()


def test_throw_away_servers_die_with_a_killed_run() -> None:
    run = throw_away("import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(60)")
    assert run.stdout
    folder = Path(run.stdout.readline().strip().partition("@/")[2]).parent
    run.kill()
    run.wait()

    end = time.monotonic() + 30
    while (folder / "postgres" / "postmaster.pid").exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_folders_of_killed_runs_are_swept_and_those_in_use_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "YOUNG", 0)
    left = Path(f"/tmp/{servers.PREFIX}left-{os.getpid()}")
    left.mkdir()
    (left / "lock").touch()
    with short_folder() as used, short_folder():
        assert not left.exists()
        assert used.exists()


def test_leftovers_are_found_by_their_mark_and_ended(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", stubborn]
    environment = {**os.environ, **mark(tmp_path)}
    left = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.PIPE)
    assert left.stdout
    left.stdout.readline()

    assert marked(tmp_path / "other") == []
    assert end_leftovers(tmp_path, seconds=0.3) == 1
    assert left.wait(5) == -signal.SIGKILL
    assert marked(tmp_path) == []
