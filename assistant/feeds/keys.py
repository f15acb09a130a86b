"""How the key of a source is sent where its standard leaves that open: as the city's data says."""

from assistant.feeds.base import FeedSource


def key_headers(source: FeedSource) -> dict[str, str]:
    """The header that the option `key_header` names, with the key after the option `key_prefix` ("Bearer ")."""
    name = str(source.options.get("key_header", ""))
    if not name or source.key is None:
        return {}
    return {name: f"{source.options.get('key_prefix', '')}{source.key.get_secret_value()}"}


def key_params(source: FeedSource) -> dict[str, str]:
    """The parameter that the option `key_param` names, with the key."""
    name = str(source.options.get("key_param", ""))
    return {name: source.key.get_secret_value()} if name and source.key else {}
