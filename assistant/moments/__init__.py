"""Times that people name: days, parts of days, clock times and spans from now, in Chinese and English."""

from assistant.moments.moment import Moment
from assistant.moments.naming import find_moments, named_moment

__all__ = ["Moment", "find_moments", "named_moment"]
