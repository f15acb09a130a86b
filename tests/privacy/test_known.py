"""Public values."""

from datetime import UTC

from assistant.city import load_city
from assistant.privacy import Kind, known_of, known_values
from assistant.settings import PROJECT_ROOT


def test_a_citys_phones_are_known() -> None:
    """Those of its bureaus, in any writing."""
    city = load_city(PROJECT_ROOT / "corpus" / "kaohsiung")
    phone = next(bureau.phone for bureau in city.bureaus if bureau.phone.startswith("0"))
    assert city.timezone is not UTC
    assert known_of(city).has(phone.replace("-", " "), Kind.LANDLINE)


def test_public_documents_give_their_numbers_addresses_and_mailboxes() -> None:
    """What anyone may read there, anyone may repeat."""
    known = known_values(["服務台在中山一路2號，電話07-7412345，信箱desk@city.gov.tw。"])
    assert known.has("(07)741-2345", Kind.LANDLINE)
    assert known.has("中山一路2號3樓", Kind.ADDRESS)
    assert known.has("desk@city.gov.tw", Kind.EMAIL)
    assert not known.has("07-7412346", Kind.LANDLINE)


def test_other_values_are_known_as_they_are_given() -> None:
    """A donation account, the name of a mayor."""
    known = known_values(["0123-4567-890123"]) | known_values(["王大明"])
    assert known.has("01234567890123", Kind.BANK_ACCOUNT)
    assert known.has("王大明", Kind.NAME)
