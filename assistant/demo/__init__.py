"""A demonstration city: one small server that speaks the wire formats of live services with simulated data."""

from assistant.demo.application import build_demo_city, open_demo_city, serve
from assistant.demo.scene import SCENARIOS, Scenario
from assistant.demo.sites import Sites, load_sites

__all__ = ["SCENARIOS", "Scenario", "Sites", "build_demo_city", "load_sites", "open_demo_city", "serve"]
