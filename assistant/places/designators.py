"""The words beside a name that say what kind of place is meant: 站, 捷運, 區, MRT station, District."""

from assistant.places.place import DISTRICT, STATIONS

_METRO = frozenset({"metro_station"})
_LIGHT_RAIL = frozenset({"light_rail_station"})
_RAILWAY = frozenset({"railway_station"})
_DISTRICT = frozenset({DISTRICT})
_VILLAGE = frozenset({"village"})

# Folded; a longer word stands before one that it begins or ends with.
_BEFORE = {
    "捷運": _METRO,
    "地鐵": _METRO,
    "輕軌": _LIGHT_RAIL,
    "台鐵": _RAILWAY,
    "高鐵": _RAILWAY,
    "火車": _RAILWAY,
    "light rail ": _LIGHT_RAIL,
    "lrt ": _LIGHT_RAIL,
    "mrt ": _METRO,
    "metro ": _METRO,
    "tra ": _RAILWAY,
    "hsr ": _RAILWAY,
}
_AFTER = {
    "捷運站": _METRO,
    "地鐵站": _METRO,
    "輕軌站": _LIGHT_RAIL,
    "火車站": _RAILWAY,
    "高鐵站": _RAILWAY,
    "車站": STATIONS,
    "站": STATIONS,
    "區": _DISTRICT,
    "鄉": _DISTRICT,
    "鎮": _DISTRICT,
    "部落": _VILLAGE,
    "里": _VILLAGE,
    "村": _VILLAGE,
    " mrt station": _METRO,
    " metro station": _METRO,
    " subway station": _METRO,
    " mrt": _METRO,
    " light rail station": _LIGHT_RAIL,
    " light rail stop": _LIGHT_RAIL,
    " lrt station": _LIGHT_RAIL,
    " lrt stop": _LIGHT_RAIL,
    " light rail": _LIGHT_RAIL,
    " railway station": _RAILWAY,
    " train station": _RAILWAY,
    " tra station": _RAILWAY,
    " hsr station": _RAILWAY,
    " station": STATIONS,
    " stop": STATIONS,
    " sta": STATIONS,
    " district": _DISTRICT,
    " dist": _DISTRICT,
    " township": _DISTRICT,
    " village": _VILLAGE,
}


def designator_before(text: str, end: int) -> tuple[int, frozenset[str]] | None:
    """Where the word that ends at `end` begins, and the kinds that it allows; nothing where there is none."""
    for word, kinds in _BEFORE.items():
        start = end - len(word)
        if text.endswith(word, 0, end) and not (word.isascii() and continues_word(text, start - 1)):
            return start, kinds
    return None


def designator_after(text: str, start: int) -> tuple[int, frozenset[str]] | None:
    """Where the word that begins at `start` ends, and the kinds that it allows; nothing where there is none."""
    for word, kinds in _AFTER.items():
        end = start + len(word)
        if text.startswith(word, start) and not (word.isascii() and continues_word(text, end)):
            return end, kinds
    return None


def continues_word(text: str, place: int) -> bool:
    """Whether a Latin letter or digit stands at a place of a folded text, so that a word goes on there."""
    return 0 <= place < len(text) and text[place].isalnum() and not text[place] >= "\u2e80"
