"""Calendar files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

USUAL_LENGTH = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry of a calendar; the same uid replaces the entry that a calendar has already."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    venue: str | None
    description: str = ""
    is_cancelled: bool = False
    sequence: int = 0
    """Which revision of the entry; a calendar keeps the highest."""
    attendees: tuple[str, ...] = ()


def calendar_of(appointment: Appointment, made_at: datetime, notes: Iterable[str] = ()) -> bytes:
    """Return a calendar file of one appointment, with further lines as comments."""
    calendar = Calendar()
    calendar.add("prodid", "-//Gema//Undangan//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if appointment.is_cancelled else "PUBLISH")
    calendar.add_component(_event(appointment, made_at, notes))
    content: bytes = calendar.to_ical()
    return content


def _event(appointment: Appointment, made_at: datetime, notes: Iterable[str]) -> Event:
    event = Event()
    ends_at = appointment.ends_at or appointment.starts_at + USUAL_LENGTH
    event.add("uid", appointment.uid)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("sequence", appointment.sequence)
    event.add("summary", appointment.title)
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    if appointment.venue:
        event.add("location", appointment.venue)
    if appointment.description:
        event.add("description", appointment.description)
    for note in notes:
        event.add("comment", note)
    return event
