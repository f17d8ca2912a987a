"""The file formats. The first record of each says where the file comes from."""

import csv
import io
from collections.abc import Iterator

import orjson
from openpyxl import Workbook

from api.domain.export import neutral
from workers.tasks.exports.content import COLUMNS, Content
from workers.tasks.invitations.calendar import Appointment, calendar_of

Cell = str | int | float | None


def csv_file(content: Content) -> bytes:
    """Return a CSV file in UTF-8 with a mark, as spreadsheets expect it."""
    text = io.StringIO()
    csv.writer(text).writerows(_records(content))
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(content: Content) -> bytes:
    """Return a workbook of one sheet; no cell in it is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Daftar")
    for record in _records(content):
        sheet.append(record)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def jsonl_file(content: Content) -> bytes:
    """Return one JSON object a line, raw: nothing in it is neutralised."""
    first = {"origin": content.origin, "overrides": content.overrides}
    return b"".join(orjson.dumps(each) + b"\n" for each in (first, *content.rows))


def ics_file(content: Content) -> bytes:
    """Return the event as a calendar file; the description names who has a seat."""
    event, origin = content.event, content.origin
    seated = [str(row["name"]) for row in content.rows if row["position"] is not None]
    appointment = Appointment(
        uid=f"{event['event_id']}@gema.invalid",
        title=event["title"],
        starts_at=event["starts_at"],
        ends_at=event["ends_at"],
        venue=event["venue"],
        description="\n".join(seated),
        is_cancelled=event["event_status"] == "CANCELLED",
        sequence=event["event_version"],
    )
    notes = [f"{name}: {value}" for name, value in origin.items()]
    return calendar_of(appointment, content.made_at, [*notes, *content.overrides])


def _records(content: Content) -> Iterator[list[Cell]]:
    yield [neutral(f"{name}={value}") for name, value in content.origin.items()]
    for override in content.overrides:
        yield [neutral(override)]
    yield list(COLUMNS)
    for row in content.rows:
        yield [_cell(row[name]) for name in COLUMNS]


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    return neutral(str(value))
