"""Spans of time as people write them."""

import re
from datetime import timedelta

from api.errors import Invalid

_FORM = re.compile(r"([1-9]\d{0,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """Return the span that text such as 30m, 1h or 7d names.

    Raises:
        Invalid: it is no such text.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise Invalid("A span of time looks like 30m, 1h or 7d.")
    return timedelta(**{_UNITS[form[2]]: int(form[1])})
