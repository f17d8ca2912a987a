"""Shares and reshares from files: of holders who agreed, and of people known by an id alone."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from import_kit import AGENCIES, Importer, accounts, consents, people

from api.domain.amplification import ordinal
from api.models.sealed import Sealer
from api.settings import Settings

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "x-shares-2021"
SHARES = "share_id,author_id,post_id,shared_at"
RESHARES = "reshare_id,share_id,author_id,resharer_id,reshared_at"
IN_ORDER = "SELECT native_id, post_slot FROM share ORDER BY ingest_seq"
ORDINALS = "SELECT ordinal FROM reshare ORDER BY ingest_seq"


@pytest.fixture
def importer(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    return Importer(settings, tmp_path, capsys)


@pytest.fixture
def known(importer: Importer) -> Importer:
    """Three people with the accounts 1001 to 1003; the first two agree to be followed."""
    importer.good("agencies", AGENCIES)
    importer.good("asns", people(1, 2, 3))
    importer.good("accounts", accounts(1, 2, 3))
    importer.good("consents", consents(1, 2))
    return importer


def codes(output: str) -> list[list[str]]:
    """Return line, column and code of the refused rows."""
    rows = [line.split() for line in output.splitlines()]
    return [row[:3] for row in rows if len(row) > 2 and row[2].isupper()]


def shares(*rows: str, columns: str = "") -> str:
    return "\n".join([SHARES + columns, *rows])


def reshares(*rows: str) -> str:
    return "\n".join([RESHARES, *rows])


def test_a_share_of_a_holder_is_confirmed_evidence(known: Importer) -> None:
    known.good("shares", shares("501,1001,9001,1614556800"))

    share = known.rows(
        "SELECT s.*, a.platform_user_id FROM share s JOIN social_account a"
        " ON a.id = s.account_id AND a.asn_id = s.asn_id"
    )[0]
    assert share["platform_user_id"] == "1001"
    assert (share["platform"], share["kind"], share["key"]) == ("X", "QUOTE", "X:QUOTE:501")
    assert share["url"] == "https://x.com/i/web/status/501"
    assert share["shared_at"] == datetime(2021, 3, 1, tzinfo=UTC)
    assert (share["time_source"], share["evidence_level"]) == ("PLATFORM", "API_CONFIRMED")
    assert share["offered_metrics"] == '["RESHARERS"]'
    evidence = known.rows("SELECT mechanism, level, reference FROM share_evidence")
    assert [tuple(row) for row in evidence] == [("IMPORT", "API_CONFIRMED", "501")]
    figure = known.rows("SELECT metric, value, source, observed_at FROM metric_observation")
    assert [tuple(row) for row in figure] == [("RESHARERS", 0, "IMPORT", share["shared_at"])]
    assert known.value("SELECT count(*) FROM asn WHERE is_pseudonymous") == 0
    assert known.value("SELECT job FROM outbox_message WHERE job LIKE '%ranking'")


def test_a_plain_repost_offers_no_figures(known: Importer) -> None:
    row = "501,1001,9001,2021-03-01T07:00:00+07:00,X,REPOST"

    known.good("shares", shares(row, columns=",platform,kind"))

    share = known.rows("SELECT * FROM share")[0]
    assert (share["key"], share["url"]) == ("X:REPOST:9001:1001", None)
    assert share["offered_metrics"] == "[]"
    assert known.value("SELECT count(*) FROM metric_observation") == 0


def test_shares_of_people_without_consent_are_never_stored(known: Importer) -> None:
    known.good("consents", consents(2, withdrawn_at="2024-06-01T00:00:00Z"))
    rows = [f"50{n},100{n},9001,1614556800" for n in (1, 2, 3)]

    done = known("shares", shares(*rows))

    assert codes(done.output) == [
        ["3", "author_id", "CONSENT_MISSING"],
        ["4", "author_id", "CONSENT_MISSING"],
    ]
    assert [row["native_id"] for row in known.rows("SELECT native_id FROM share")] == ["501"]


def test_an_account_that_its_owner_removed_gets_no_pseudonym(known: Importer) -> None:
    known.rows("DELETE FROM account_key WHERE platform_user_id = '1001'")
    known.rows("UPDATE social_account SET verification = 'REMOVED' WHERE platform_user_id = '1001'")

    done = known("shares", shares("501,1001,9001,1614556800"))

    assert codes(done.output) == [["2", "author_id", "CONSENT_MISSING"]]
    assert known.value("SELECT count(*) FROM asn WHERE is_pseudonymous") == 0


def test_an_account_that_nobody_verified_proves_nothing(known: Importer) -> None:
    known.rows("UPDATE social_account SET verification = 'PENDING' WHERE platform_user_id = '1001'")

    done = known("shares", shares("501,1001,9001,1614556800"))

    assert codes(done.output) == [["2", "author_id", "INVALID_STATE"]]


def test_people_and_posts_that_are_new_are_added_once(importer: Importer) -> None:
    file = shares("501,407,9001,1614556800", "502,407,9002,1614556900", "503,408,9001,1614557000")

    done = importer.good("shares", file)

    assert done.summary == "3 read, 3 new, 0 changed, 0 unchanged, 0 refused"
    people = importer.rows("SELECT full_name, sort_name FROM asn WHERE is_pseudonymous ORDER BY 1")
    assert [tuple(row) for row in people] == [
        ("Pseudonim X 407", "pseudonim x 407"),
        ("Pseudonim X 408", "pseudonim x 408"),
    ]
    accounts = importer.rows("SELECT handle, verification FROM social_account ORDER BY handle")
    assert [tuple(row) for row in accounts] == [("407", "VERIFIED"), ("408", "VERIFIED")]
    assert importer.value("SELECT string_agg(DISTINCT basis, '') FROM consent") == (
        "PSEUDONYMOUS_IMPORT"
    )
    campaign = importer.rows(
        "SELECT c.*, p.slug FROM campaign c JOIN program p ON p.id = c.program_id"
    )[0]
    assert (campaign["slug"], campaign["status"]) == ("impor", "CLOSED")
    assert campaign["approved_by"] not in {None, campaign["created_by"], campaign["last_edited_by"]}
    assert campaign["starts_at"] == datetime(2021, 3, 1, tzinfo=UTC)
    posts = importer.rows("SELECT official_post_ref, state FROM program_post ORDER BY 1")
    assert [tuple(row) for row in posts] == [("9001", "EXPIRED"), ("9002", "EXPIRED")]
    importer.rows("DELETE FROM outbox_message")
    before = importer.contents()
    assert importer.good("shares", file).summary.startswith("3 read, 0 new, 0 changed, 3 unchanged")
    assert importer.contents() == before


def test_slots_go_on_where_the_last_file_ended(importer: Importer) -> None:
    importer.good("shares", shares("501,407,9001,1614556800", "502,407,9001,1614556700"))

    importer.good("shares", shares("503,407,9001,1614550000", "504,407,9002,1614556700"))

    slots = [tuple(row) for row in importer.rows(IN_ORDER)]
    assert slots == [("501", 1), ("502", 2), ("503", 3), ("504", 1)]


def test_of_rows_with_one_share_id_the_first_wins(importer: Importer) -> None:
    done = importer.good("shares", shares("501,407,9001,1614556800", "501,407,9002,1614556800"))

    assert done.summary == "2 read, 1 new, 0 changed, 1 unchanged, 0 refused"
    posts = (
        "SELECT p.official_post_ref FROM share s JOIN program_post p ON p.id = s.program_post_id"
    )
    assert importer.value(posts) == "9001"


def test_bad_shares_are_refused_with_column_and_code(importer: Importer) -> None:
    rows = {
        "=501,407,9001,1614556800,,,": ["share_id", "INVALID"],
        "501,@407,9001,1614556800,,,": ["author_id", "INVALID"],
        "501,407,+9001,1614556800,,,": ["post_id", "INVALID"],
        "501,407,9001,1614556800000,,,": ["shared_at", "INVALID"],
        "501,407,9001,2021-03-01T00:00:00,,,": ["shared_at", "INVALID"],
        "501,407,9001,1614556800,ORKUT,,": ["platform", "INVALID"],
        "501,407,9001,1614556800,,LIKE,": ["kind", "INVALID"],
        "501,407,9001,1614556800,,,https://x.com.example.org/a/status/501": ["url", "INVALID_URL"],
        "501,407,9001,1614556800,,,https://t.co/abc": ["url", "INVALID_URL"],
        "CxYz,407,CaBc,1614556800,INSTAGRAM,LINK_POST,": ["author_id", "NOT_FOUND"],
    }

    done = importer("shares", shares(*rows, columns=",platform,kind,url"))

    assert [row[1:] for row in codes(done.output)] == list(rows.values())
    assert importer.value("SELECT count(*) FROM asn") == 0


def test_the_address_of_a_share_is_kept_in_its_canonical_form(importer: Importer) -> None:
    row = "501,407,9001,1614556800,https://mobile.twitter.com/contoh/status/501?s=20"

    importer.good("shares", shares(row, columns=",url"))

    assert importer.value("SELECT url FROM share") == "https://x.com/i/web/status/501"


def test_resharers_are_kept_as_keyed_hashes(known: Importer, settings: Settings) -> None:
    known.good("shares", shares("501,1001,9001,1614556800"))

    done = known.good(
        "reshares",
        reshares("601,501,1001,77,1614556900", "602,501,1001,1002,1614557000"),
    )

    assert done.summary == "2 read, 2 new, 0 changed, 0 unchanged, 0 refused"
    sealer = Sealer(settings.secrets)
    linked = known.value("SELECT asn_id FROM social_account WHERE platform_user_id = '1002'")
    keys = [row[0] for row in known.rows("SELECT resharer_key FROM reshare ORDER BY ingest_seq")]
    assert keys == [sealer.resharer_key("X:77"), sealer.resharer_key(f"asn:{linked}")]


def test_own_reshares_are_left_out_and_counted(known: Importer) -> None:
    known.good("shares", shares("501,1001,9001,1614556800"))

    done = known.good("reshares", reshares("601,501,1001,1001,1614556900"))

    assert "1 own reshares left out" in done.output
    assert done.summary == "1 read, 0 new, 0 changed, 1 unchanged, 0 refused"
    assert known.value("SELECT count(*) FROM reshare") == 0


def test_a_reshare_of_an_unknown_share_is_refused(known: Importer) -> None:
    known.good("shares", shares("501,1001,9001,1614556800"))
    known.good("consents", consents(2, withdrawn_at="2024-06-01T00:00:00Z"))

    done = known(
        "reshares",
        reshares(
            "601,502,1001,77,1614556900",
            "602,501,1009,77,1614556900",
            "603,501,1002,77,1614556900",
        ),
    )

    assert codes(done.output) == [
        ["2", "share_id", "NOT_FOUND"],
        ["3", "author_id", "NOT_FOUND"],
        ["4", "author_id", "CONSENT_MISSING"],
    ]


def test_ordinals_count_what_came_in_before_and_happened_within_the_window(
    importer: Importer,
) -> None:
    day = 86_400
    at = 1_614_556_800
    importer.good("shares", shares(*(f"50{n},407,900{n},{at}" for n in range(1, 6))))
    first = ["601,501,407,77,{}", "602,502,407,77,{}", "603,503,407,77,{}"]
    times = [at + 200 * day, at + 200 * day, at + 20 * day]

    importer.good("reshares", reshares(*(r.format(t) for r, t in zip(first, times, strict=True))))
    importer.good(
        "reshares",
        reshares(f"604,504,407,77,{at + 201 * day}", f"605,505,407,77,{at + 200 * day - 1}"),
    )

    # The third lies before both; of the fourth's reach only the third, 181 days old, falls out;
    # the fifth comes before the first two and reaches the third by one second.
    assert [row[0] for row in importer.rows(ORDINALS)] == [1, 2, 1, 3, 2]


@pytest.fixture
def pack() -> Path:
    if not DATA.is_dir():
        pytest.skip("the data pack is not beside this checkout")
    return DATA


def test_the_data_pack_comes_in_through_the_front_door(importer: Importer, pack: Path) -> None:
    posted = importer.good("shares", pack / "shares.csv.gz")
    passed_on = importer.good("reshares", pack / "attributed_reshares.csv.gz")

    assert posted.summary == "35124 read, 35085 new, 0 changed, 39 unchanged, 0 refused"
    assert passed_on.summary == "3511 read, 3511 new, 0 changed, 0 unchanged, 0 refused"
    assert [tuple(row) for row in importer.rows(IN_ORDER)] == list(_slots(pack))
    assert [row[0] for row in importer.rows(ORDINALS)] == list(_ordinals(pack))
    again = importer.good("shares", pack / "shares.csv.gz")
    assert again.summary == "35124 read, 0 new, 0 changed, 35124 unchanged, 0 refused"
    again = importer.good("reshares", pack / "attributed_reshares.csv.gz")
    assert again.summary == "3511 read, 0 new, 0 changed, 3511 unchanged, 0 refused"


def _slots(pack: Path) -> Iterator[tuple[str, int]]:
    """Count the slots of the pack by its own rules: first rows only, in file order."""
    seen: set[str] = set()
    slots: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in _rows(pack / "shares.csv.gz"):
        if row["share_id"] not in seen:
            seen.add(row["share_id"])
            slots[row["author_id"], row["post_id"]] += 1
            yield row["share_id"], slots[row["author_id"], row["post_id"]]


def _ordinals(pack: Path) -> Iterator[int]:
    earlier: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in _rows(pack / "attributed_reshares.csv.gz"):
        at = datetime.fromtimestamp(int(row["reshared_at"]), UTC)
        times = earlier[row["author_id"], row["resharer_id"]]
        yield ordinal(times, at, 180)
        times.append(at)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt") as lines:
        yield from csv.DictReader(lines)
