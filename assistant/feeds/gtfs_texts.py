"""The texts of a GTFS archive by language: its own, and those of translations.txt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.feeds.gtfs_archive import Archive
from assistant.text import strip_control

_TRANSLATED = frozenset({"agency_name", "stop_name", "route_short_name", "route_long_name", "trip_headsign"})


@dataclass(frozen=True, slots=True)
class Texts:
    """Looks up texts; equal texts share one mapping, because an archive repeats its headsigns by the thousand.

    Attributes:
        language: of the texts in the tables; "und" (undetermined, BCP 47) where the archive does not say.
        by_record: translations by (table, field, record id).
        by_value: translations by (table, field, text).
    """

    language: str = "und"
    by_record: Mapping[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    by_value: Mapping[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    _shared: dict[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)

    def of(self, table: str, name: str, record: str, text: str) -> Mapping[str, str]:
        """A text by language: the table's own, and its translations; nothing where the table has none."""
        text = strip_control(text)
        if not text:
            return {}
        own = self.by_record.get((table, name, record))
        if own:
            return {self.language: text, **own}
        key = (table, name, text)
        if key not in self._shared:
            others = self.by_value.get(key) or self.by_value.get(("", "", text)) or {}
            self._shared[key] = {self.language: text, **others}
        return self._shared[key]


def read_texts(archive: Archive) -> Texts:
    """Read translations.txt, of the adopted form and of the older one (`trans_id`, `lang`)."""
    by_record: dict[tuple[str, str, str], dict[str, str]] = {}
    by_value: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in archive.rows("translations.txt"):
        language, text = row.get("language") or row.get("lang", ""), strip_control(row.get("translation", ""))
        if not language or not text:
            continue
        table, name = row.get("table_name", ""), row.get("field_name", "")
        if row.get("trans_id"):
            by_value.setdefault(("", "", row["trans_id"]), {})[language] = text
        elif name in _TRANSLATED and row.get("record_id"):
            by_record.setdefault((table, name, row["record_id"]), {})[language] = text
        elif name in _TRANSLATED and row.get("field_value"):
            by_value.setdefault((table, name, row["field_value"]), {})[language] = text
    return Texts(_language(archive), by_record, by_value)


def _language(archive: Archive) -> str:
    """The language of the tables: feed_info.txt, else the first agency's; "mul" (several) says nothing."""
    for table, column in (("feed_info.txt", "feed_lang"), ("agency.txt", "agency_lang")):
        for row in archive.rows(table):
            if row.get(column) and row[column].lower() != "mul":
                return row[column]
    return "und"
