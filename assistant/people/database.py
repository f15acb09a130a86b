"""The database of people: SQLite or PostgreSQL, brought up to date when it is opened, written by one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from assistant.errors import SettingsError, StoreError
from assistant.settings import Settings

_MIGRATIONS = Path(__file__).with_name("migrations")
_PATIENCE_S = 10  # how long one waits for others that write
_MOST_CONNECTIONS = 30
_CURE = "Check the database, and CITY_ASSISTANT_DATABASE_URL where that is set."
_URL_CURE = "Set CITY_ASSISTANT_DATABASE_URL to postgresql://USER:PASSWORD@HOST/NAME, or leave it empty for SQLite."


class Subject(StrEnum):
    """What writers write about; in PostgreSQL those of one subject wait for each other, so that none deadlock."""

    ACTS = "acts"  # accounts, sessions, tokens, attempts, audit
    CONVERSATIONS = "conversations"  # turns and feedback too
    QUEUE = "queue"  # unanswered questions in groups
    MIGRATIONS = "migrations"


def database_url(settings: Settings) -> sa.URL:
    """Where people are kept: the setting, or a file in the home.

    Raises:
        SettingsError: the setting is no address of a PostgreSQL database or of an SQLite file.
    """
    given = settings.database_url.get_secret_value()
    if not given:
        return sa.URL.create("sqlite", database=str(settings.people_file))
    try:
        url = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsError("The address of the database cannot be read.", _URL_CURE) from None  # it holds a password
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(f"People are kept in PostgreSQL or SQLite, not in {url.get_backend_name()}.", _URL_CURE)
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError("The address of the database names no file.", _URL_CURE)
    return url


class Database:
    """One database; safe for several threads and processes.

    What SQLite deletes is overwritten (`secure_delete`, https://www.sqlite.org/pragma.html), for people wrote it.

    Raises:
        SettingsError: there is no driver for the address.
        StoreError: the database cannot be opened, read or written, or a newer version of the assistant has made it;
            so do all methods.
    """

    def __init__(self, url: sa.URL) -> None:
        self._is_sqlite = url.get_backend_name() == "sqlite"
        place = (
            Path(url.database or "").name if self._is_sqlite else f"{url.host or ''}:{url.port or ''}/{url.database}"
        )
        self.name = f"{url.get_backend_name()} {place}"
        """What tells it from other databases in messages and logs; without name and password of its user."""
        self._turn = threading.Lock()
        connecting = {"timeout": _PATIENCE_S, "isolation_level": None} if self._is_sqlite else {"connect_timeout": 10}
        pool = {
            "max_overflow": _MOST_CONNECTIONS - 5,
            "pool_timeout": _PATIENCE_S,
            "pool_pre_ping": not self._is_sqlite,
        }
        try:
            self._engine = sa.create_engine(url, connect_args=connecting, hide_parameters=True, **pool)
        except (ImportError, sa.exc.NoSuchModuleError) as error:
            raise SettingsError(f"There is no driver for {self.name}: {error}.", "Install psycopg.") from error
        if self._is_sqlite:
            _make_file(Path(url.database or ""))
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        self._migrate()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that reads."""
        with self._faults_named(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, subject: Subject) -> Iterator[sa.Connection]:
        """A transaction that reads and writes, whole or not at all, by one at a time of whichever thread and process.

        SQLite has one writer; in PostgreSQL those of the same subject wait for each other (advisory locks,
        https://www.postgresql.org/docs/current/explicit-locking.html). A writer opens no second transaction.
        """
        with (
            self._faults_named(),
            self._in_turn(),
            self._engine.connect() as connection,
            connection.execution_options(writes=True).begin(),
        ):
            if not self._is_sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(subject.value, 0))))
            yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One thread of this process after the other: SQLite lets writers try again and again, and so starves some."""
        if not self._is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise StoreError(
                f"The database of people ({self.name}) is busy.", "Try again; PostgreSQL takes more at once."
            )
        try:
            yield
        finally:
            self._turn.release()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        with self.reading() as connection:
            if self._is_current(connection, script):
                return
        with self.writing(Subject.MIGRATIONS) as connection:
            if not self._is_current(connection, script):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def _is_current(self, connection: sa.Connection, script: ScriptDirectory) -> bool:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision and revision not in {one.revision for one in script.walk_revisions()}:
            message = f"A newer version of the assistant has made the database of people ({self.name})."
            raise StoreError(message, "Install that version, or restore a copy from before.")
        return revision == script.get_current_head()

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Faults of the database as the assistant's own; what rows hold is not repeated in them."""
        try:
            yield
        except sa.exc.OperationalError as error:
            what = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error).__name__
            raise StoreError(f"The database of people ({self.name}) cannot be used: {what}.", _CURE) from error
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            message = f"The database of people ({self.name}) did not do what was asked: {type(error).__name__}."
            raise StoreError(message, _CURE) from error


def _make_file(path: Path) -> None:
    """An SQLite file that its owner alone may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"The database of people in {path} cannot be opened: {error}.", "Check the file.") from error


def _prepare_sqlite(connection: Any, _: object) -> None:
    for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer locks before it reads, so that nobody else writes in between."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
