"""Places of a city by name: finds them in what people write, and the nearest of a kind."""

from assistant.places.gazetteer import Gazetteer
from assistant.places.loading import load_gazetteer
from assistant.places.place import KINDS, Nearby, Place, PlaceMention

__all__ = ["KINDS", "Gazetteer", "Nearby", "Place", "PlaceMention", "load_gazetteer"]
