"""Imports: rows of files become agencies, people, accounts, observations, consents and shares."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from api.actions.intake import assignments, observations
from api.actions.intake.accounts import KIND as ACCOUNTS
from api.actions.intake.agencies import KIND as AGENCIES
from api.actions.intake.asns import KIND as ASNS
from api.actions.intake.chunk import Table
from api.actions.intake.consents import KIND as CONSENTS
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.report import FileRefused, Outcome, RowError
from api.actions.intake.run import Options, import_table
from api.actions.intake.shares import RESHARES, SHARES

__all__ = [
    "KINDS",
    "Columns",
    "FileRefused",
    "ImportKind",
    "Importing",
    "Kind",
    "Options",
    "Outcome",
    "RowError",
    "Table",
    "import_table",
]


class ImportKind(StrEnum):
    """The kinds of files, in the order in which a new deployment imports them."""

    AGENCIES = "agencies"
    ASNS = "asns"
    ASSIGNMENTS = "assignments"
    ACCOUNTS = "accounts"
    OBSERVATIONS = "observations"
    CONSENTS = "consents"
    SHARES = "shares"
    RESHARES = "reshares"


KINDS: Mapping[ImportKind, Kind[Any]] = MappingProxyType(
    {
        ImportKind.AGENCIES: AGENCIES,
        ImportKind.ASNS: ASNS,
        ImportKind.ASSIGNMENTS: assignments.KIND,
        ImportKind.ACCOUNTS: ACCOUNTS,
        ImportKind.OBSERVATIONS: observations.KIND,
        ImportKind.CONSENTS: CONSENTS,
        ImportKind.SHARES: SHARES,
        ImportKind.RESHARES: RESHARES,
    }
)
