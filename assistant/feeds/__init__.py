"""Clients of live services, one file a standard: each fetches what a publisher has and reads it into typed records."""

STANDARDS: dict[str, str] = {
    "cap": "assistant.feeds.cap",
    "cwa": "assistant.feeds.cwa",
    "fhir": "assistant.feeds.fhir",
    "gbfs": "assistant.feeds.gbfs",
    "gofs": "assistant.feeds.gofs",
    "gtfs": "assistant.feeds.gtfs",
    "gtfs-flex": "assistant.feeds.gtfs_flex",
    "gtfs-realtime": "assistant.feeds.gtfs_realtime",
    "icalendar": "assistant.feeds.icalendar_feed",
    "moenv-aqi": "assistant.feeds.moenv_aqi",
    "nhi-emergency": "assistant.feeds.nhi_emergency",
    "office-calendar": "assistant.feeds.office_calendar",
    "ogc-features": "assistant.feeds.ogc_features",
    "ondemand-booking": "assistant.feeds.ondemand_booking",
    "open311": "assistant.feeds.open311",
    "roadworks": "assistant.feeds.roadworks",
    "sensorthings": "assistant.feeds.sensorthings",
    "tdx": "assistant.feeds.tdx",
    "youbike": "assistant.feeds.youbike",
}
"""The module of each standard that a city's data can name; imported only when a source of it is read."""
