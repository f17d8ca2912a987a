"""Rules are tested with the same examples on every machine, however busy it is."""

from hypothesis import settings

settings.register_profile("gema", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("gema")
