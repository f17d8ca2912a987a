"""Reading CSV files that nobody has checked yet: compressed or not, streaming, refused with a code.

A file is read twice: once to see that all of it can be read, so that a broken end stores nothing,
and then for its rows.
"""

import csv
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from api.actions.intake import FileRefused

LARGEST_BYTES = 200 * 1024 * 1024
LONGEST_LINE_BYTES = 1024 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = "\ufeff"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An open file of rows; its header is known, its rows can be read again and again."""

    stream: IO[bytes]
    header: tuple[str, ...]
    row_count: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows with the lines on which they begin; blank lines are no rows."""
        records = _records(self.stream)
        next(records, None)
        return records


@contextmanager
def open_csv(path: Path) -> Iterator[CsvFile]:
    """Open a file and read all of it once.

    Raises:
        FileRefused: with a code, and the line where there is one.
    """
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(path.open("rb"))
            table = _checked(stack.enter_context(_seekable(opened)))
        except OSError as error:
            reason = f"The file cannot be read: {error.strerror or type(error).__name__}."
            raise FileRefused("FILE_UNREADABLE", reason) from error
        yield table


@contextmanager
def _seekable(opened: IO[bytes]) -> Iterator[IO[bytes]]:
    if opened.seekable():
        yield opened
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(_Limited(opened), copy)
        yield copy


@dataclass(slots=True)
class _Limited:
    """A pipe that is read no further than a file may be long."""

    pipe: IO[bytes]
    size: int = 0

    def read(self, length: int = -1, /) -> bytes:
        data = self.pipe.read(length)
        self.size += len(data)
        _check_size(self.size)
        return data


def _checked(stream: IO[bytes]) -> CsvFile:
    records = _records(stream)
    _, header = next(records, (1, []))
    names = tuple(name.strip() for name in header)
    return CsvFile(stream, names, sum(1 for _ in records))


def _records(stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_text_lines(stream), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        reason = "Quotes do not match, or a line ends in an unusual way."
        raise FileRefused("BAD_CSV", reason, line) from error


def _text_lines(stream: IO[bytes]) -> Iterator[str]:
    number = 0
    for number, line in enumerate(_byte_lines(stream), start=1):
        if b"\0" in line:
            raise FileRefused("NUL_BYTE", "The file has NUL bytes: it is no text in UTF-8.", number)
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            reason = "The file is not UTF-8; save it as CSV UTF-8."
            raise FileRefused("NOT_UTF8", reason, number) from error
        yield text.removeprefix(_BYTE_ORDER_MARK) if number == 1 else text


def _byte_lines(stream: IO[bytes]) -> Iterator[bytes]:
    size = number = 0
    for line in _raw_lines(stream):
        size, number = size + len(line), number + 1
        _check_size(size)
        if len(line) > LONGEST_LINE_BYTES:
            raise FileRefused("LINE_TOO_LONG", "The line is too long for a table.", number)
        if number == 1 and line.startswith(_UTF16_MARKS):
            raise FileRefused("NOT_UTF8", "The file is UTF-16; save it as CSV UTF-8.", 1)
        yield line


def _raw_lines(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    is_gzip = stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    stream.seek(0)
    source = gzip.GzipFile(fileobj=stream) if is_gzip else stream
    number = 0
    while True:
        try:
            line = source.readline(LONGEST_LINE_BYTES + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            reason = "The compressed file is broken or cut short."
            raise FileRefused("BROKEN_GZIP", reason, number + 1) from error
        if not line:
            return
        number += 1
        yield line


def _check_size(size: int) -> None:
    if size > LARGEST_BYTES:
        limit = LARGEST_BYTES // 1024 // 1024
        raise FileRefused("FILE_TOO_LARGE", f"A file may have {limit} MB at most; split it.")
