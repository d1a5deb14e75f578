"""The database: one SQLite file in WAL mode, so that everything committed survives a kill -9."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_charge ON objects (kind, json_extract(body, '$.charge'));
CREATE INDEX IF NOT EXISTS objects_source ON objects (kind, json_extract(body, '$.source'));
CREATE INDEX IF NOT EXISTS objects_expiry ON objects
    (kind, json_extract(body, '$.status'), json_extract(body, '$.expires_at'));
CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    created INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER,
    body TEXT,
    PRIMARY KEY (scope, key)
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS later (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    due REAL NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Objects by id and by kind, newest first, and the connection other modules keep their rows through."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "stripe.sqlite3"
        self.writing = threading.RLock()
        self.local = threading.local()
        self.connection.executescript(SCHEMA)

    @property
    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection; it commits each statement by itself outside `transaction`."""
        if not hasattr(self.local, "connection"):
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            self.local.connection = connection
        found: sqlite3.Connection = self.local.connection
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the one write lock; all or nothing. An inner one joins the outer."""
        with self.writing:
            if self.connection.in_transaction:
                yield
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run one statement and return what it finds."""
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        """Run one writing statement and return how many rows it changed."""
        with self.writing:
            return self.connection.execute(sql, values).rowcount

    def add(self, body: Json) -> Json:
        """Keep a new object under its id and kind (its `object`)."""
        self.run(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
            body["id"], body["object"], body["created"], json.dumps(body),
        )  # fmt: skip
        return body

    def save(self, body: Json) -> Json:
        """Keep an object's new state."""
        self.run("UPDATE objects SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        return body

    def get(self, kind: str, identity: str) -> Json | None:
        """Return an object, or None."""
        found = self.rows("SELECT body FROM objects WHERE id = ? AND kind = ?", identity, kind)
        return json.loads(found[0]["body"]) if found else None

    def any(self, identity: str) -> Json | None:
        """Return an object of whatever kind, or None."""
        found = self.rows("SELECT body FROM objects WHERE id = ?", identity)
        return json.loads(found[0]["body"]) if found else None

    def select(self, kind: str, where: str = "1", *values: object, tail: str = "ORDER BY seq DESC") -> list[Json]:
        """Return the objects of a kind that fulfil an SQL condition, newest first."""
        found = self.rows(f"SELECT body FROM objects WHERE kind = ? AND {where} {tail}", kind, *values)
        return [json.loads(row["body"]) for row in found]

    def setting(self, name: str, otherwise: str) -> str:
        """Return one remembered value."""
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return str(found[0]["value"]) if found else otherwise

    def keep_setting(self, name: str, value: str) -> None:
        """Remember one value."""
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)
