"""Agencies, people, postings and accounts from files."""

from datetime import date
from pathlib import Path

import pytest
from import_kit import AGENCIES, Importer, accounts, number, people

from api.models.sealed import Sealer
from api.settings import Settings

ASSIGNMENTS = "employee_number,agency_code,from_on,to_on"
ACCOUNTS = "employee_number,platform,platform_user_id,handle,verified_at,last_active_at"
NAMES = """
SELECT n.name, n.valid_from_on, n.valid_to_on FROM agency_name n JOIN agency a ON a.id = n.agency_id
 WHERE a.code = $1 ORDER BY n.valid_from_on
"""
POSTINGS = """
SELECT g.code, a.from_on, a.to_on FROM assignment a JOIN agency g ON g.id = a.agency_id
 ORDER BY a.from_on
"""


@pytest.fixture
def importer(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    return Importer(settings, tmp_path, capsys)


@pytest.fixture
def staffed(importer: Importer) -> Importer:
    """Two ministries and the people 1 to 3."""
    importer.good("agencies", AGENCIES)
    importer.good("asns", people(1, 2, 3))
    return importer


def codes(output: str) -> list[list[str]]:
    """Return line, column and code of the refused rows."""
    rows = [line.split() for line in output.splitlines()]
    return [row[:3] for row in rows if row and row[0].isdigit() and "read," not in row]


def test_parents_may_stand_anywhere_in_a_file(importer: Importer) -> None:
    file = (
        "code,name,kind,parent_code,province_kemendagri_code,valid_from_on\n"
        "U-1,Unit,UNIT,U-0,,2020-01-01\n"
        "U-0,Direktorat,UNIT,K-0,,2020-01-01\n"
        "K-0,Kementerian,MINISTRY,,31,2020-01-01\n"
    )

    importer.good("agencies", file)

    rows = importer.rows(
        "SELECT a.code, p.code AS parent, v.name FROM agency a LEFT JOIN agency p"
        " ON p.id = a.parent_id LEFT JOIN province v ON v.id = a.province_id ORDER BY a.code"
    )
    assert [tuple(row) for row in rows] == [
        ("K-0", None, "DKI Jakarta"),
        ("U-0", "K-0", None),
        ("U-1", "U-0", None),
    ]
    assert importer.good("agencies", file).summary.startswith("3 read, 0 new, 0 changed")


def test_a_province_is_looked_up_in_the_code_system_that_the_column_names(
    importer: Importer,
) -> None:
    header = "code,name,kind,province_{}_code\n"
    rows = "P,Provinsi,PROVINCE_GOVERNMENT,91\n"
    name = "SELECT v.name FROM agency a JOIN province v ON v.id = a.province_id"

    importer.good("agencies", header.format("bps") + rows)
    assert importer.value(name) == "Papua Barat"

    changed = importer.good("agencies", header.format("kemendagri") + rows)
    assert changed.summary == "1 read, 0 new, 1 changed, 0 unchanged, 0 refused"
    assert importer.value(name) == "Papua"


def test_a_province_that_does_not_exist_is_refused(importer: Importer) -> None:
    done = importer(
        "agencies", "code,name,kind,province_bps_code\nP,Provinsi,UNIT,10\nQ,Provinsi,UNIT,Aceh\n"
    )

    assert sorted(codes(done.output)) == [
        ["2", "province_bps_code", "NOT_FOUND"],
        ["3", "province_bps_code", "INVALID"],
    ]


def test_a_circle_a_missing_parent_and_their_children_are_refused(importer: Importer) -> None:
    rows = ["A,Satu,UNIT,B", "B,Dua,UNIT,A", "C,Tiga,UNIT,Z", "D,Empat,UNIT,C", "E,Lima,UNIT,"]

    done = importer("agencies", "\n".join(["code,name,kind,parent_code", *rows]))

    assert codes(done.output) == [
        ["2", "parent_code", "INVALID"],
        ["3", "parent_code", "INVALID"],
        ["4", "parent_code", "NOT_FOUND"],
        ["5", "parent_code", "NOT_FOUND"],
    ]
    assert [row[0] for row in importer.rows("SELECT code FROM agency")] == ["E"]


def test_a_new_name_closes_the_old_one_and_both_are_kept(importer: Importer) -> None:
    header = "code,name,kind,valid_from_on\n"
    importer.good("agencies", header + "K,Nama Lama,MINISTRY,2020-01-01\n")

    done = importer.good("agencies", header + "K,Nama Baru,MINISTRY,2020-01-01\n")

    assert done.summary == "1 read, 0 new, 1 changed, 0 unchanged, 0 refused"
    (old, new) = importer.rows(NAMES, "K")
    assert (old["name"], old["valid_from_on"]) == ("Nama Lama", date(2020, 1, 1))
    assert old["valid_to_on"] == new["valid_from_on"]
    assert (new["name"], new["valid_to_on"]) == ("Nama Baru", None)


def test_a_name_that_began_today_is_corrected(importer: Importer) -> None:
    importer.good("agencies", "code,name,kind\nK,Salah Tik,MINISTRY\n")

    importer.good("agencies", "code,name,kind\nK,Betul,MINISTRY\n")

    assert [row["name"] for row in importer.rows(NAMES, "K")] == ["Betul"]


def test_a_column_that_the_file_leaves_out_changes_nothing(importer: Importer) -> None:
    importer.good("agencies", "code,name,kind,parent_code\nK,Satu,MINISTRY,\nU,Dua,UNIT,K\n")

    done = importer.good("agencies", "code,name,kind\nU,Dua,UNIT\n")

    assert done.summary == "1 read, 0 new, 0 changed, 1 unchanged, 0 refused"
    assert importer.value("SELECT parent_id IS NOT NULL FROM agency WHERE code = 'U'")


def test_a_person_is_stored_with_a_sealed_number_and_a_posting(
    importer: Importer, settings: Settings
) -> None:
    importer.good("agencies", AGENCIES)
    pppk = "199001012025241001"
    row = f"{pppk},PPPK,  Siti  ÁÉ-Contoh ,KEM-1,2025-03-01"

    importer.good("asns", people() + "\n" + row)

    stored = importer.rows(
        "SELECT a.*, n.id AS number_id, n.* FROM employee_number n JOIN asn a ON a.id = n.asn_id"
    )[0]
    sealer = Sealer(settings.secrets)
    assert (stored["full_name"], stored["sort_name"]) == ("Siti  ÁÉ-Contoh", "siti ae-contoh")
    assert (stored["kind"], stored["last3"]) == ("PPPK", "001")
    opened = sealer.open_number(stored["asn_id"], stored["number_id"], stored["sealed"])
    assert opened == pppk
    key = "SELECT asn_id FROM employee_number_key WHERE blind_index = $1"
    assert importer.value(key, sealer.blind_index(pppk)) == stored["asn_id"]
    assert tuple(importer.rows(POSTINGS)[0]) == ("KEM-1", date(2025, 3, 1), None)
    assert pppk not in str(importer.contents())


def test_bad_people_are_refused_with_column_and_code(importer: Importer) -> None:
    importer.good("agencies", AGENCIES)
    good = "199001012020011001"
    rows = {
        "19900101202001100,PNS,Contoh,KEM-1,2020-01-01": ["employee_number", "INVALID_NIP"],
        "199013012020011001,PNS,Contoh,KEM-1,2020-01-01": ["employee_number", "INVALID_NIP"],
        f"{good},HONORER,Contoh,KEM-1,2020-01-01": ["employment_kind", "INVALID"],
        f"{good},PNS, ,KEM-1,2020-01-01": ["full_name", "BLANK"],
        f"{good},PNS,{'A' * 201},KEM-1,2020-01-01": ["full_name", "TOO_LONG"],
        f"{good},PNS,Contoh\u202e,KEM-1,2020-01-01": ["full_name", "INVALID"],
        f"{good},PNS,Contoh,KEM-9,2020-01-01": ["agency_code", "NOT_FOUND"],
        f"{good},PNS,Contoh,KEM-1,2020-02-30": ["from_on", "INVALID"],
        f"{good},PNS,Contoh,KEM-1,20200101": ["from_on", "INVALID"],
    }

    done = importer("asns", "\n".join([people(), *rows]))

    assert [row[1:] for row in codes(done.output)] == list(rows.values())
    assert importer.value("SELECT count(*) FROM asn") == 0


def test_a_number_that_is_known_corrects_the_name_of_its_person(staffed: Importer) -> None:
    done = staffed.good("asns", people(1, 2).replace("Contoh 1", "Nama Baru"))

    assert done.summary == "2 read, 0 new, 1 changed, 1 unchanged, 0 refused"
    names = staffed.rows("SELECT full_name, sort_name FROM asn ORDER BY full_name DESC")
    assert tuple(names[0]) == ("Nama Baru", "nama baru")
    assert len(names) == 3


def test_a_past_number_names_the_same_person(staffed: Importer) -> None:
    staffed.rows("UPDATE employee_number SET valid_to_on = '2024-01-01' WHERE last3 = '001'")

    done = staffed.good("asns", people(1).replace("Contoh 1", "Nama Baru"))

    assert done.summary == "1 read, 0 new, 1 changed, 0 unchanged, 0 refused"
    assert staffed.value("SELECT count(*) FROM asn") == 3


def test_a_person_who_was_erased_does_not_come_back(staffed: Importer, settings: Settings) -> None:
    tombstone = "INSERT INTO erasure_tombstone SELECT gen_random_uuid(), $1, now()"
    staffed.rows(tombstone, Sealer(settings.secrets).blind_index(number(9)))

    done = staffed("asns", people(9))

    assert codes(done.output) == [["2", "employee_number", "INVALID_STATE"]]
    assert staffed.value("SELECT count(*) FROM asn") == 3


def test_a_second_posting_in_the_same_period_is_refused(staffed: Importer) -> None:
    done = staffed("assignments", f"{ASSIGNMENTS}\n{number(1)},KEM-2,2024-01-01,\n")

    assert codes(done.output) == [["2", "from_on", "TAKEN"]]
    again = staffed("asns", people(1).replace("KEM-1", "KEM-2"))
    assert codes(again.output) == [["2", "agency_code", "TAKEN"]]


def test_a_file_closes_one_posting_and_opens_the_next(staffed: Importer) -> None:
    moved = [f"{number(1)},KEM-1,2020-01-01,2024-01-01", f"{number(1)},KEM-2,2024-01-01,"]
    file = "\n".join([ASSIGNMENTS, *moved])

    done = staffed.good("assignments", file)

    assert done.summary == "2 read, 1 new, 1 changed, 0 unchanged, 0 refused"
    of_one = [
        tuple(row) for row in staffed.rows(POSTINGS) if row["to_on"] or row["code"] == "KEM-2"
    ]
    assert of_one == [
        ("KEM-1", date(2020, 1, 1), date(2024, 1, 1)),
        ("KEM-2", date(2024, 1, 1), None),
    ]
    assert staffed.good("assignments", file).summary.startswith("2 read, 0 new, 0 changed")
    assert staffed.good("asns", people(1)).summary.startswith("1 read, 0 new, 0 changed")


def test_postings_of_nobody_and_to_nowhere_are_refused(staffed: Importer) -> None:
    rows = [f"{number(9)},KEM-1,2024-01-01,", f"{number(1)},KEM-9,2024-01-01,"]

    done = staffed("assignments", "\n".join([ASSIGNMENTS, *rows]))

    assert codes(done.output) == [
        ["2", "employee_number", "NOT_FOUND"],
        ["3", "agency_code", "NOT_FOUND"],
    ]


def test_a_person_without_a_posting_gets_that_of_the_file(staffed: Importer) -> None:
    staffed.good("assignments", f"{ASSIGNMENTS}\n{number(1)},KEM-1,2020-01-01,2022-01-01\n")

    done = staffed.good("asns", people(1).replace("2020-01-01", "2023-01-01"))

    assert done.summary == "1 read, 0 new, 1 changed, 0 unchanged, 0 refused"
    periods = [tuple(row)[1:] for row in staffed.rows(POSTINGS)]
    assert periods[-1] == (date(2023, 1, 1), None)


def test_without_an_end_column_an_end_stays(staffed: Importer) -> None:
    staffed.good("assignments", f"{ASSIGNMENTS}\n{number(1)},KEM-1,2020-01-01,2022-01-01\n")

    file = f"employee_number,agency_code,from_on\n{number(1)},KEM-1,2020-01-01\n"
    done = staffed.good("assignments", file)

    assert done.summary == "1 read, 0 new, 0 changed, 1 unchanged, 0 refused"


def test_a_posting_that_ends_before_it_begins_is_refused(staffed: Importer) -> None:
    done = staffed("assignments", f"{ASSIGNMENTS}\n{number(1)},KEM-1,2024-01-01,2024-01-01\n")

    assert codes(done.output) == [["2", "to_on", "INVALID"]]


def test_an_account_is_verified_by_its_proof_and_follows_its_handle(staffed: Importer) -> None:
    rows = [
        f"{number(1)},X,1001,@Contoh_Satu,2024-01-01T07:00:00+07:00,2024-05-01T00:00:00Z",
        f"{number(2)},INSTAGRAM,2002,contoh.dua,,",
    ]
    file = "\n".join([ACCOUNTS, *rows])

    staffed.good("accounts", file)

    stored = staffed.rows("SELECT * FROM social_account ORDER BY platform DESC")
    assert [(row["handle"], row["url"], row["verification"]) for row in stored] == [
        ("contoh_satu", "https://x.com/contoh_satu", "VERIFIED"),
        ("contoh.dua", "https://www.instagram.com/contoh.dua", "PENDING"),
    ]
    assert stored[0]["ownership_verified_at"].isoformat() == "2024-01-01T00:00:00+00:00"
    assert staffed.good("accounts", file).summary.startswith("2 read, 0 new, 0 changed")
    renamed = staffed.good("accounts", file.replace("@Contoh_Satu", "baru_1"))
    assert renamed.summary.startswith("2 read, 0 new, 1 changed")
    assert staffed.value("SELECT url FROM social_account WHERE platform = 'X'").endswith("/baru_1")


def test_a_handle_with_an_address_in_it_is_refused_and_not_repeated(staffed: Importer) -> None:
    rows = [f"{number(1)},X,1001,https://x.com/contoh,,", f"{number(1)},X,=1+1,contoh,,"]

    done = staffed("accounts", "\n".join([ACCOUNTS, *rows]))

    assert codes(done.output) == [
        ["2", "handle", "INVALID_HANDLE"],
        ["3", "platform_user_id", "INVALID"],
    ]
    assert "x.com" not in done.output


def test_an_account_of_somebody_else_is_taken_and_its_owner_not_named(staffed: Importer) -> None:
    staffed.good("accounts", accounts(1))

    done = staffed("accounts", accounts(1).replace(number(1), number(2)))

    assert codes(done.output) == [["2", "platform_user_id", "TAKEN"]]
    assert "Contoh 1" not in done.output
    assert staffed.value("SELECT count(*) FROM social_account") == 1


def test_an_account_that_its_owner_removed_stays_removed(staffed: Importer) -> None:
    staffed.good("accounts", accounts(1))
    staffed.rows("UPDATE social_account SET verification = 'REMOVED'")
    staffed.rows("DELETE FROM account_key")

    done = staffed("accounts", accounts(1))

    assert codes(done.output) == [["2", "platform_user_id", "INVALID_STATE"]]
    assert staffed.value("SELECT verification FROM social_account") == "REMOVED"


def test_accounts_of_nobody_and_of_the_erased_are_refused(
    staffed: Importer, settings: Settings
) -> None:
    tombstone = "INSERT INTO erasure_tombstone SELECT gen_random_uuid(), $1, now()"
    staffed.rows(tombstone, Sealer(settings.secrets).resharer_key("X:1002"))

    done = staffed("accounts", accounts(9, 2))

    assert codes(done.output) == [
        ["2", "employee_number", "NOT_FOUND"],
        ["3", "platform_user_id", "INVALID_STATE"],
    ]


def test_only_a_newer_proof_revives_an_account(staffed: Importer) -> None:
    state = "SELECT verification FROM social_account"
    staffed.good("accounts", accounts(1))
    staffed.rows("UPDATE social_account SET verification = 'EXPIRED'")

    same = staffed.good("accounts", accounts(1))
    assert same.summary.endswith("1 unchanged, 0 refused")
    assert staffed.value(state) == "EXPIRED"

    staffed.good("accounts", accounts(1, verified_at="2024-06-01T00:00:00Z"))
    assert staffed.value(state) == "VERIFIED"

    staffed.rows("UPDATE social_account SET verification = 'REJECTED'")
    done = staffed("accounts", accounts(1, verified_at="2024-07-01T00:00:00Z"))
    assert codes(done.output) == [["2", "platform_user_id", "INVALID_STATE"]]
    assert staffed.value(state) == "REJECTED"
    staffed.good("accounts", accounts(1, verified_at=""))
