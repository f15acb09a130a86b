"""The database of people: migrations, faults, and what is left of what was deleted."""

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from assistant.errors import SettingsError, StoreError
from assistant.people import database as database_room
from assistant.people.conversations import Owner
from assistant.people.database import Database, database_url
from assistant.people.keys import new_token
from assistant.people.tables import metadata
from assistant.settings import load_settings
from tests.people.place import Place, turn
from tests.people.racing import at_once, race


def test_the_migrations_make_the_tables_that_the_code_uses(place: Place) -> None:
    """A table that changes without a migration is found here."""
    place.open()
    engine = sa.create_engine(database_url(place.settings))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_an_open_database_is_opened_again_as_it_is(place: Place) -> None:
    """What was kept is there after a restart."""
    owner = Owner.account("1")
    people = place.open()
    started = people.conversations.start(owner)
    people.conversations.add_turn(owner, started, turn())
    assert place.open().conversations.has(owner, started)


def test_processes_that_open_a_new_database_at_once_all_come_through(place: Place) -> None:
    """The tables are made once, and those who come late find them."""
    assert race(place, "open", times=1, processes=3) == ["opened"] * 3


def test_a_database_of_a_newer_version_is_left_alone(place: Place) -> None:
    """What this version does not know, it does not touch."""
    place.open()
    place.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        place.open()


@pytest.mark.parametrize(
    "url",
    ["mysql://u:hunter2@host/db", "no address:hunter2", "sqlite://", "sqlite:///:memory:", "oracle://hunter2@h/x"],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(tmp_path: Path, url: str) -> None:
    """The address holds a password, which must not reach the screen or a log."""
    with pytest.raises(SettingsError) as fault:
        database_url(load_settings(home=tmp_path, database_url=url))
    assert "hunter2" not in str(fault.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    """The person who runs it needs the host, and nobody the password."""
    pytest.importorskip("psycopg")
    url = f"postgresql://people:hunter2@/people?host={tmp_path}"
    with pytest.raises(StoreError) as fault:
        Database(database_url(load_settings(home=tmp_path, database_url=url)))
    assert "hunter2" not in str(fault.value)
    assert "CITY_ASSISTANT_DATABASE_URL" in str(fault.value)


def test_the_setting_does_not_show_the_address(tmp_path: Path) -> None:
    """Settings are printed in reports."""
    assert "hunter2" not in repr(load_settings(home=tmp_path, database_url="postgresql://u:hunter2@h/x"))


def test_a_crowd_of_writers_is_served_one_after_the_other(place: Place) -> None:
    """Nobody is told that the database is locked because others are quicker."""
    people, owner = place.open(), Owner.account("1")
    conversation = people.conversations.start(owner)
    at_once([(owner, conversation, turn())] * 24, people.conversations.add_turn)
    assert [one.number for one in people.conversations.turns(owner, conversation)] == list(range(1, 25))


def test_a_writer_within_a_writer_is_a_fault(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours ends in a message, not in a server that stands still."""
    monkeypatch.setattr(database_room, "_PATIENCE_S", 0.05 if not place.url else 1)
    people = place.open()

    def act_within_an_act() -> None:
        with people.audit.acting():
            people.audit.record("boss", "did", "something")

    with pytest.raises(StoreError, match=r"busy|cannot be used"):
        act_within_an_act()
    assert people.audit.record("boss", "did", "something").number == 1


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Other users of the machine read no conversations."""
    place = Place(tmp_path / "home")
    place.open()
    place.close()
    assert stat.S_IMODE((tmp_path / "home" / "people.sqlite").stat().st_mode) == 0o600


def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    """A deleted question cannot be read from the disk's copy of the database."""
    place, owner = Place(tmp_path / "home"), Owner.browser(new_token())
    people = place.open()
    conversation = people.conversations.start(owner)
    people.conversations.add_turn(owner, conversation, turn("Where does the unicorn live?"))
    people.conversations.forget(owner)
    place.close()
    assert b"unicorn" not in (tmp_path / "home" / "people.sqlite").read_bytes()


def test_a_file_that_is_no_database_is_a_clear_fault(tmp_path: Path) -> None:
    """The person who runs it is told which file, not shown a stack of calls."""
    (tmp_path / "people.sqlite").write_text("this is no database, but a text of some length" * 100)
    with pytest.raises(StoreError, match=r"people\.sqlite"):
        Place(tmp_path).open()
