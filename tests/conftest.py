"""What all tests share: property tests that give the same result on every machine."""

from hypothesis import settings

# No deadline, because a busy machine is no fault; the same examples each time, so that a green run stays green.
settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")
