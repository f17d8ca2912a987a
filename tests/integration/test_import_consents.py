"""Observed audiences and consents from files."""

from datetime import timedelta
from pathlib import Path

import pytest
from import_kit import AGENCIES, Importer, accounts, consents, number, people

from api.settings import Settings

OBSERVATIONS = "platform,platform_user_id,kind,count,source,observed_at"
CONSENTS = "employee_number,purpose,platform,platform_user_id,granted_at,withdrawn_at,text_version"
PERIODS = "SELECT granted_at::date::text, withdrawn_at::date::text FROM consent ORDER BY granted_at"


@pytest.fixture
def importer(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """Two people with an account on X each; nobody has asked them for a consent."""
    importer = Importer(settings, tmp_path, capsys)
    importer.good("agencies", AGENCIES)
    importer.good("asns", people(1, 2))
    importer.good("accounts", accounts(1, 2))
    importer.rows("DELETE FROM outbox_message")
    return importer


def codes(output: str) -> list[list[str]]:
    """Return line, column and code of the refused rows."""
    rows = [line.split() for line in output.splitlines()]
    return [row[:3] for row in rows if row and row[0].isdigit() and "read," not in row]


def observed(*rows: str) -> str:
    return "\n".join([OBSERVATIONS, *rows])


def grants(*periods: tuple[str, str]) -> str:
    """Return consents of person 1 to be followed, each from one day to another."""
    rows = [
        f"{number(1)},ACCOUNT_TRACKING,X,1001,{start}T00:00:00Z,{end and end + 'T00:00:00Z'},v1"
        for start, end in periods
    ]
    return "\n".join([CONSENTS, *rows])


def test_an_observation_is_appended_and_asks_for_an_assessment(importer: Importer) -> None:
    file = observed(
        "X,1001,FOLLOWERS,499,PUBLIC_API,2024-03-01T00:00:00Z",
        "X,1001,FOLLOWERS,500,PUBLIC_API,2024-03-02T00:00:00Z",
    )

    done = importer.good("observations", file)

    assert done.summary == "2 read, 2 new, 0 changed, 0 unchanged, 0 refused"
    jobs = importer.rows("SELECT job, key, args FROM outbox_message")
    asn_id = importer.value("SELECT asn_id FROM social_account WHERE platform_user_id = '1001'")
    assert [tuple(row) for row in jobs] == [
        ("assess_eligibility", f"assess:{asn_id}", f'{{"asn_id": "{asn_id}"}}')
    ]
    importer.rows("DELETE FROM outbox_message")
    before = importer.contents()
    assert importer.good("observations", file).summary.startswith("2 read, 0 new, 0 changed")
    assert importer.contents() == before


def test_an_observation_is_never_changed(importer: Importer) -> None:
    row = "X,1001,FOLLOWERS,{},PUBLIC_API,2024-03-01T00:00:00Z"
    importer.good("observations", observed(row.format(499)))

    done = importer("observations", observed(row.format(500)))

    assert codes(done.output) == [["2", "count", "CONFLICT"]]
    assert importer.value("SELECT count FROM audience_observation") == 499


def test_bad_observations_are_refused_with_column_and_code(importer: Importer) -> None:
    rows = {
        "X,1001,FOLLOWERS,-1,PUBLIC_API,2024-03-01T00:00:00Z": ["count", "INVALID"],
        "X,1001,FOLLOWERS,500k,PUBLIC_API,2024-03-01T00:00:00Z": ["count", "INVALID"],
        "X,1001,FOLLOWERS,\u0665\u0660\u0660,PUBLIC_API,2024-03-01T00:00:00Z": ["count", "INVALID"],
        "X,1001,FOLLOWERS,9999999999999999999,PUBLIC_API,2024-03-01T00:00:00Z": [
            "count",
            "INVALID",
        ],
        "X,1001,FANS,1,PUBLIC_API,2024-03-01T00:00:00Z": ["kind", "INVALID"],
        "X,1001,FOLLOWERS,1,HEARSAY,2024-03-01T00:00:00Z": ["source", "INVALID"],
        "X,1001,FOLLOWERS,1,PUBLIC_API,2024-03-01T00:00:00": ["observed_at", "INVALID"],
        "X,1001,FOLLOWERS,1,PUBLIC_API,2024-13-01T00:00:00Z": ["observed_at", "INVALID"],
        "X,1001,FOLLOWERS,1,PUBLIC_API,9024-03-01T00:00:00Z": ["observed_at", "INVALID"],
        "ORKUT,1001,FOLLOWERS,1,PUBLIC_API,2024-03-01T00:00:00Z": ["platform", "INVALID"],
        "X,1009,FOLLOWERS,1,PUBLIC_API,2024-03-01T00:00:00Z": ["platform_user_id", "NOT_FOUND"],
    }

    done = importer("observations", observed(*rows))

    found = {int(row[0]) - 2: row[1:] for row in codes(done.output)}
    assert [found[n] for n in range(len(rows))] == list(rows.values())
    assert importer.value("SELECT count(*) FROM audience_observation") == 0


def test_nothing_is_observed_of_those_who_withdrew(importer: Importer) -> None:
    importer.good("consents", consents(1, withdrawn_at="2024-06-01T00:00:00Z"))
    rows = [f"X,{n},FOLLOWERS,1,PUBLIC_API,2024-03-01T00:00:00Z" for n in (1001, 1002)]

    done = importer("observations", observed(*rows))

    assert codes(done.output) == [["2", "platform_user_id", "CONSENT_MISSING"]]
    assert done.summary == "2 read, 1 new, 0 changed, 0 unchanged, 1 refused"


def test_a_consent_is_stored_once(importer: Importer) -> None:
    person = f"\n{number(1)},PUBLIC_RANKING,,,2024-02-01T00:00:00Z,,v1"

    done = importer.good("consents", consents(1) + person)

    assert done.summary == "2 read, 2 new, 0 changed, 0 unchanged, 0 refused"
    before = importer.contents()
    assert importer.good("consents", consents(1) + person).summary.startswith("2 read, 0 new, 0")
    assert importer.contents() == before


def test_a_withdrawal_starts_the_clock_and_stops_the_work(importer: Importer) -> None:
    importer.good("consents", consents(1, 2))
    importer.rows("DELETE FROM outbox_message")
    accounts_by_id = dict(importer.rows("SELECT platform_user_id, id FROM social_account"))
    for account_id in accounts_by_id.values():
        importer.rows(
            "INSERT INTO outbox_message (id, job, args, key, state, due_at, attempts, failures,"
            " created_at) VALUES (gen_random_uuid(), 'refresh_audience', $1, $2, 'PENDING', now(),"
            " 0, 0, now())",
            f'{{"account_id": "{account_id}"}}',
            str(account_id),
        )

    done = importer.good("consents", consents(1, withdrawn_at="2024-06-01T00:00:00Z"))

    assert done.summary == "1 read, 0 new, 1 changed, 0 unchanged, 0 refused"
    row = importer.rows("SELECT * FROM consent WHERE withdrawn_at IS NOT NULL")[0]
    assert row["stop_due_at"] - row["withdrawn_at"] == timedelta(hours=72)
    states = dict(importer.rows("SELECT key, state FROM outbox_message WHERE job LIKE 'refresh%'"))
    assert states == {
        str(accounts_by_id["1001"]): "CANCELLED",
        str(accounts_by_id["1002"]): "PENDING",
        "refresh_ranking": "PENDING",
    }
    assert importer.value("SELECT count(*) FROM outbox_message WHERE key LIKE 'assess:%'") == 1


def test_an_old_list_does_not_undo_a_withdrawal(importer: Importer) -> None:
    importer.good("consents", consents(1))
    importer.rows("UPDATE consent SET withdrawn_at = '2024-06-01', stop_due_at = '2024-06-04'")

    done = importer.good("consents", consents(1))

    assert done.summary == "1 read, 0 new, 0 changed, 1 unchanged, 0 refused"
    assert importer.value("SELECT count(*) FROM consent WHERE withdrawn_at IS NULL") == 0


@pytest.mark.parametrize(
    "periods",
    [
        [("2024-01-01", "2024-02-01"), ("2024-03-01", "")],
        [("2024-03-01", ""), ("2024-01-01", "2024-02-01")],
        [("2024-03-01", "2024-04-01"), ("2024-01-01", "2024-02-01")],
        [("2024-01-01", ""), ("2024-01-01", "2024-02-01"), ("2024-03-01", "")],
    ],
    ids=["in order", "newest first", "all ended, newest first", "as events"],
)
def test_a_history_of_consents_is_kept_whole(
    importer: Importer, periods: list[tuple[str, str]]
) -> None:
    importer.good("consents", grants(*periods))

    kept = [tuple(row) for row in importer.rows(PERIODS)]
    later = ("2024-03-01", "2024-04-01" if ("2024-03-01", "2024-04-01") in periods else None)
    assert kept == [("2024-01-01", "2024-02-01"), later]
    before = importer.contents()
    importer.good("consents", grants(*periods))
    assert importer.contents() == before


def test_bad_consents_are_refused_with_column_and_code(importer: Importer) -> None:
    at = "2024-02-01T00:00:00Z"
    rows = {
        f"{number(9)},PUBLIC_RANKING,,,{at},,v1": ["employee_number", "NOT_FOUND"],
        f"{number(1)},SURVEILLANCE,,,{at},,v1": ["purpose", "INVALID"],
        f"{number(1)},PUBLIC_RANKING,X,1001,{at},,v1": ["platform", "INVALID"],
        f"{number(1)},ACCOUNT_TRACKING,,,{at},,v1": ["platform", "BLANK"],
        f"{number(1)},ACCOUNT_TRACKING,X,1002,{at},,v1": ["platform_user_id", "NOT_FOUND"],
        f"{number(1)},METRICS,X,1001,{at},2024-01-31T00:00:00Z,v1": ["withdrawn_at", "INVALID"],
        f"{number(1)},METRICS,X,1001,{at},,": ["text_version", "BLANK"],
    }

    done = importer("consents", "\n".join([CONSENTS, *rows]))

    assert [row[1:] for row in codes(done.output)] == list(rows.values())
    assert importer.value("SELECT count(*) FROM consent") == 0
