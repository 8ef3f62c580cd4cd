"""Property tests are not timed: machines are shared, and slowness proves nothing."""

from hypothesis import settings

settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")
