"""The whole of Gema as its operators meet it: one `gema run`, told from start to frozen list."""

import io
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import OperationDefinitionNode, parse, print_ast
from icalendar import Calendar
from letters import attachment, mails_in, ticket_in, token_in
from openpyxl import load_workbook
from running import Installation, Run, started, until

from api.actions.outbox import enqueue_due
from api.domain.platform import Platform
from api.local.identity import is_running
from api.reads.due import due_scans
from api.reads.installation import installation_state

pytestmark = pytest.mark.timeout(200)

CONTRACT = Path(__file__).parents[3] / "shared" / "contract" / "operations.graphql"
# What the lists of one network tell; the other networks and the timelines are read meanwhile.
OBSERVED = (
    "(SELECT * FROM share WHERE platform = 'X')",
    *(
        f"(SELECT o.* FROM {table} o JOIN share s ON s.asn_id = o.asn_id AND s.id = o.share_id"  # noqa: S608
        f" WHERE s.platform = 'X'{narrowed})"
        for table, narrowed in (
            ("share_evidence", " AND o.mechanism LIKE 'LIST_%'"),
            ("reshare", ""),
            ("metric_observation", " AND o.source LIKE 'LIST%'"),
        )
    ),
)

RANKING = """
query ($first: Int!, $after: String) {
  ranking(first: $first, after: $after) {
    scoreRun { id model holderCount shareCount }
    totalCount
    edges { node { rank points asn { id name } badge { code } breakdown { platform points } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
PROPOSE = """
mutation ($input: InviteListProposeInput!) {
  inviteListPropose(input: $input) {
    inviteList {
      id status seed sha256
      entries(first: 100) { totalCount nodes { position decision asn { id } reasons { code } } }
      waitingList(first: 50) { totalCount nodes { position asn { id } } }
    }
    userErrors { code field message }
  }
}
"""


@dataclass
class Story:
    """The installation, and the run that is up now."""

    installation: Installation
    stack: ExitStack
    tokens: dict[str, str] = field(default_factory=dict)
    _run: Run | None = None

    @property
    def run(self) -> Run:
        if self._run is None:
            self._run = self.stack.enter_context(started(self.installation))
        return self._run

    def forget_run(self) -> None:
        self._run = None

    def token(self, role: str, name: str = "") -> str:
        """Return a token of one and the same person for each name."""
        if role + name not in self.tokens:
            self.tokens[role + name] = self.installation.token(role)
        return self.tokens[role + name]

    def change(self, mutation: str, token: str, /, **given: object) -> dict[str, Any]:
        """Send a mutation with one input that must not be refused; return its payload."""
        payload = self.try_change(mutation, token, **given)
        assert payload["userErrors"] == []
        return payload

    def refusals(self, mutation: str, token: str, /, **given: object) -> list[str]:
        """Return the codes by which a mutation is refused."""
        errors = self.try_change(mutation, token, **given)["userErrors"]
        return [error["code"] for error in errors]

    def try_change(self, mutation: str, token: str, /, **given: object) -> dict[str, Any]:
        (payload,) = self.run.data(mutation, {"input": given}, token).values()
        return dict(payload)


@pytest.fixture(scope="module")
def story(open_place: Path) -> Iterator[Story]:
    # A short lease, so that the work of a killed worker is not waited for a minute.
    installation = Installation(open_place / "story" / "home", {"GEMA_LEASE_SECONDS": "8"})
    with ExitStack() as stack:
        yield Story(installation, stack)


def contract(name: str) -> str:
    """Return an operation that clients send, word for word."""
    if not CONTRACT.exists():
        pytest.skip("the contract is not beside this checkout")
    (found,) = (
        node
        for node in parse(CONTRACT.read_text()).definitions
        if isinstance(node, OperationDefinitionNode) and node.name and node.name.value == name
    )
    return print_ast(found)


def test_the_last_line_says_ready_and_the_sandbox_is_named_before(story: Story) -> None:
    lines = story.run.lines

    assert lines[-1].startswith("READY http://127.0.0.1:")
    assert lines[-1].endswith("/graphql")
    assert lines[-2].startswith("SANDBOX http://127.0.0.1:")
    assert httpx2.get(f"{story.run.sandbox_url}/_sandbox/health").json()["status"] == "ok"
    assert "Top 10 of" in story.run.output.read_text()
    assert "Proposed list" in story.run.output.read_text()


def test_whoever_is_not_signed_in_is_refused(story: Story) -> None:
    proposal = {"input": {"eventId": "RXZlbnQ6", "dryRun": True}}

    for answer in (story.run.ask(RANKING, {"first": 3}), story.run.ask(PROPOSE, proposal)):
        assert answer.status_code == 401
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_ranking_answers_over_http_in_order(story: Story) -> None:
    token = story.token("AUDITOR")

    first = story.run.data(RANKING, {"first": 10}, token)["ranking"]
    after = first["pageInfo"]["endCursor"]
    second = story.run.data(RANKING, {"first": 10, "after": after}, token)["ranking"]

    nodes = [edge["node"] for edge in (*first["edges"], *second["edges"])]
    assert [node["rank"] for node in nodes] == list(range(1, 21))
    points = [node["points"] for node in nodes]
    assert points == sorted(points, reverse=True)
    assert points[0] > 0 <= points[-1]
    assert first["totalCount"] == first["scoreRun"]["holderCount"] > 50
    assert first["scoreRun"]["model"] == "amp-1"


def test_the_words_of_clients_are_understood(story: Story) -> None:
    ranking = story.run.data(contract("Ranking"), {"first": 5}, story.token("AUDITOR"))["ranking"]
    events = "{ events(first: 1) { nodes { id } } }"
    (event,) = story.run.data(events, None, story.token("EVENT_ORGANISER"))["events"]["nodes"]
    proposal = {"input": {"eventId": event["id"], "dryRun": True}}

    proposed = story.run.data(
        contract("InviteListPropose"), proposal, story.token("EVENT_ORGANISER")
    )["inviteListPropose"]

    assert len(ranking["edges"]) == 5
    assert proposed["userErrors"] == []
    entries = proposed["inviteList"]["entries"]["nodes"]
    admitted = [entry for entry in entries if entry["decision"] == "ADMITTED"]
    assert len(admitted) == 25
    assert [entry["position"] for entry in admitted] == list(range(1, 26))


def test_the_database_knows_exactly_what_happened(story: Story) -> None:
    _until_quiet(story)

    done = story.installation.gema("verify")

    shares, resharers, ranking, verdict = done.stdout.splitlines()[-4:]
    for line, name in ((shares, "shares"), (resharers, "resharers")):
        (count,) = re.findall(rf"{name}: precision 1.0000 recall 1.0000 \((\d+) rec", line)
        assert int(count) > 500
    assert ranking.endswith("equal to a rebuild from observations")
    assert (verdict, done.returncode) == ("verified", 0)


LISTS_OF_X = (
    "FROM sync_cursor WHERE platform = 'X' AND list_name = ANY('{reposts,quotes,share_reposts}')"
)


def test_a_second_full_sweep_changes_no_row_although_its_worker_is_killed(story: Story) -> None:
    run, installation = story.run, story.installation
    before = installation.tables(*OBSERVED)
    swept_before = installation.value(f"SELECT sum(sweep_count) {LISTS_OF_X}")
    now = installation.value("SELECT now()")
    worker = run.pid_of("worker")

    asked = installation.inside(_ask_for_every_list)
    until(lambda: _swept_since(installation, now) > asked // 5, 60)
    os.kill(worker, signal.SIGKILL)
    until(lambda: _swept_since(installation, now) == asked, 90)

    assert asked > 100
    assert run.pid_of("worker") != worker
    assert installation.value(f"SELECT sum(sweep_count) {LISTS_OF_X}") >= (swept_before + asked)
    assert installation.tables(*OBSERVED) == before
    assert min(len(rows) for rows in before.values()) > 50
    assert installation.value("SELECT count(*) FROM dead_letter") == 0


async def _ask_for_every_list() -> int:
    """Do what the reconciler does, as if every list of one network were due."""
    works = await due_scans([Platform.X], poll_seconds=0)
    await enqueue_due(works)
    return len(works)


def _swept_since(installation: Installation, at: datetime) -> int:
    statement = f"SELECT count(*) {LISTS_OF_X} AND sweep_completed_at > $1"
    return int(installation.value(statement, at))


PROGRAM = """
mutation ($input: ProgramCreateInput!) {
  programCreate(input: $input) { program { id } userErrors { code field } }
}
"""
CAMPAIGN = """
mutation ($input: CampaignCreateInput!) {
  campaignCreate(input: $input) { campaign { id version status } userErrors { code field } }
}
"""
POST = """
mutation ($input: ProgramPostAddInput!) {
  programPostAdd(input: $input) { post { id url } userErrors { code field } }
}
"""
SUBMIT = """
mutation ($input: CampaignSubmitInput!) {
  campaignSubmit(input: $input) { campaign { status version } userErrors { code field } }
}
"""
APPROVE = """
mutation ($input: CampaignApproveInput!) {
  campaignApprove(input: $input) { campaign { status version } userErrors { code field } }
}
"""
LAUNCH = """
mutation ($input: CampaignLaunchInput!) {
  campaignLaunch(input: $input) { campaign { status launchedAt } userErrors { code field } }
}
"""
SHARERS = """
query ($id: ID!) {
  node(id: $id) { ... on ProgramPost {
    sharers(first: 50) { totalCount nodes { kind evidence state asn { id } } }
  } }
}
"""
HOLDERS = """
SELECT a.handle, a.asn_id::text FROM social_account a
  JOIN badge b ON b.asn_id = a.asn_id AND b.state = 'ACTIVE'
  JOIN consent c ON c.account_id = a.id AND c.purpose = 'ACCOUNT_TRACKING'
                AND c.withdrawn_at IS NULL
 WHERE a.platform = 'X' AND a.verification = 'VERIFIED' ORDER BY a.handle LIMIT 3
"""
STRANGER = """
SELECT a.handle FROM social_account a
 WHERE a.platform = 'X' AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                   AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
 ORDER BY a.handle LIMIT 1
"""


def test_a_campaign_goes_from_its_maker_over_a_checker_to_its_shares(story: Story) -> None:
    run, maker, checker = story.run, *(story.token("CAMPAIGN_MANAGER", n) for n in ("1", "2"))
    agency = "{ agencies(first: 1) { nodes { id } } }"
    agency_id = run.data(agency, None, maker)["agencies"]["nodes"][0]["id"]
    source = "https://contoh.go.id/air-bersih"
    program = story.change(PROGRAM, maker, name="Air Bersih", agencyId=agency_id, sourceUrl=source)
    post_ref, actors = _passed_on(story)
    now = datetime.now(UTC)
    campaign = story.change(
        CAMPAIGN,
        maker,
        programId=program["program"]["id"],
        title="Air bersih sampai ke desa",
        startsAt=now.isoformat(),
        endsAt=(now + timedelta(days=20)).isoformat(),
        disclosureLabel="ASN · program pemerintah",
    )["campaign"]
    post = story.change(
        POST,
        maker,
        campaignId=campaign["id"],
        platform="X",
        url=f"https://x.com/kemen_contoh/status/{post_ref}",
        title="Air bersih",
        sourceUrl=source,
        publishedAt=now.isoformat(),
    )["post"]
    ours = {"campaignId": campaign["id"]}
    checked = {"isFreeOfCandidatesAndParties": True, "factCheckedBy": "Tim Fakta Contoh"}

    submitted = story.change(SUBMIT, maker, **ours, version=2, **checked)
    own = story.refusals(APPROVE, maker, **ours, version=3)
    approved = story.change(APPROVE, checker, **ours, version=3)
    launched = story.change(LAUNCH, maker, **ours, version=4)

    assert submitted["campaign"] == {"status": "IN_REVIEW", "version": 3}
    assert own == ["SAME_PERSON"]
    assert approved["campaign"] == {"status": "APPROVED", "version": 4}
    assert launched["campaign"]["status"] == "ACTIVE"
    _assert_found(story, post["id"], actors)


def _passed_on(story: Story) -> tuple[str, dict[str, tuple[str, str]]]:
    """Publish a post that two holders repost, one quotes, and somebody without consent reposts."""
    run = story.run
    holders = [tuple(row) for row in story.installation.rows(HOLDERS)]
    stranger = story.installation.value(STRANGER)
    run.act({"do": "join", "handle": "kemen_contoh"})
    (post,) = run.act({"do": "post", "actor": "kemen_contoh", "text": "Air bersih."})
    (first, _), (second, _), (third, _) = holders
    quote = run.act(
        {"do": "repost", "actor": first, "post": post["id"]},
        {"do": "repost", "actor": second, "post": post["id"]},
        {"do": "repost", "actor": stranger, "post": post["id"]},
        {"do": "quote", "actor": third, "post": post["id"]},
    )[3]
    run.act({"do": "repost", "actor": "kemen_contoh", "post": quote["id"]})
    kinds = ("REPOST", "REPOST", "QUOTE")
    return post["id"], {
        asn_id: (kind, handle) for (handle, asn_id), kind in zip(holders, kinds, strict=False)
    }


def _assert_found(story: Story, post_id: str, actors: dict[str, tuple[str, str]]) -> None:
    token = story.token("CAMPAIGN_MANAGER", "1")

    def found() -> list[dict[str, Any]]:
        node = story.run.data(SHARERS, {"id": post_id}, token)["node"]
        return list(node["sharers"]["nodes"])

    until(lambda: len(found()) == 3, 60, found)
    shares = story.installation.rows(
        "SELECT s.asn_id::text, s.kind, a.handle FROM share s"
        " JOIN social_account a ON a.id = s.account_id"
        " JOIN program_post p ON p.id = s.program_post_id"
        " JOIN campaign c ON c.id = p.campaign_id WHERE c.title = 'Air bersih sampai ke desa'"
    )
    assert {row["asn_id"]: (row["kind"], row["handle"]) for row in shares} == actors
    assert {share["evidence"] for share in found()} == {"API_CONFIRMED"}
    resharers = (
        "SELECT count(*) FROM reshare r JOIN share s ON s.id = r.share_id"
        " JOIN program_post p ON p.id = s.program_post_id WHERE p.title = 'Air bersih'"
    )
    until(lambda: story.installation.value(resharers) == 1, 60)


EVENT = """
mutation ($input: EventCreateInput!) {
  eventCreate(input: $input) { event { id capacity } userErrors { code field } }
}
"""
FREEZE = """
mutation ($input: InviteListFreezeInput!) {
  inviteListFreeze(input: $input) {
    inviteList { id status frozenAt sha256 } userErrors { code field }
  }
}
"""
FROZEN = "query ($id: ID!) { event(id: $id) { inviteList { id status sha256 } } }"


def test_an_event_goes_from_a_dry_run_to_a_frozen_list(story: Story) -> None:
    _until_quiet(story)
    organiser = story.token("EVENT_ORGANISER")
    agency_id = story.run.data("{ agencies(first: 1) { nodes { id } } }", None, organiser)[
        "agencies"
    ]["nodes"][0]["id"]
    starts_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    made = {"title": "Temu Uji", "agencyId": agency_id, "startsAt": starts_at, "capacity": 12}
    event_id = story.change(EVENT, organiser, **made)["event"]["id"]
    wish = {"eventId": event_id, "seed": "undian-1"}
    count = "SELECT count(*) FROM invite_list"

    dry = story.change(PROPOSE, organiser, **wish, dryRun=True)["inviteList"]
    again = story.change(PROPOSE, organiser, **wish, dryRun=True)["inviteList"]
    stored_before = story.installation.value(count)
    stored = story.change(PROPOSE, organiser, **wish)["inviteList"]

    assert dry["sha256"] == again["sha256"] == stored["sha256"]
    assert dry["entries"] == again["entries"] == stored["entries"]
    assert story.installation.value(count) == stored_before + 1
    other = story.change(PROPOSE, organiser, eventId=event_id, seed="undian-2", dryRun=True)
    assert other["inviteList"]["sha256"] != dry["sha256"]

    wrong = story.refusals(FREEZE, organiser, inviteListId=stored["id"], sha256="0" * 64)
    frozen = story.change(FREEZE, organiser, inviteListId=stored["id"], sha256=stored["sha256"])
    kept = story.run.data(FROZEN, {"id": event_id}, organiser)["event"]["inviteList"]

    assert wrong == ["CONFLICT"]
    assert frozen["inviteList"]["status"] == "FROZEN"
    assert frozen["inviteList"]["sha256"] == kept["sha256"] == dry["sha256"]


OVERRIDE = """
mutation ($input: InviteListOverrideInput!) {
  inviteListOverride(input: $input) {
    isWaitingForSecondPerson inviteList { id sha256 } userErrors { code field }
  }
}
"""


def test_a_list_goes_from_a_dry_run_over_mails_and_the_door_to_an_export(story: Story) -> None:
    _until_quiet(story)
    organiser = story.token("EVENT_ORGANISER")
    box = story.installation.data / "mailbox"
    assert f"MAILBOX {box}" in story.run.lines
    seen = {mail["Message-ID"] for mail in mails_in(box)}

    def fresh(count: int, subject: str) -> list[EmailMessage]:
        def found() -> list[EmailMessage]:
            news = [m for m in mails_in(box) if m["Message-ID"] not in seen]
            return [mail for mail in news if subject in mail["Subject"]]

        until(lambda: len(found()) == count, 60, found)
        return found()

    event_id, listed = _sent_list(story)
    first, second, third = fresh(3, "Undangan")

    respond, check_in = contract("InvitationRespond"), contract("InvitationCheckIn")
    declined = story.change(respond, organiser, token=token_in(first), answer="DECLINE")
    called = next(
        mail
        for mail in fresh(4, "Undangan")
        if mail["To"] not in {first["To"], second["To"], third["To"]}
    )
    for mail in (second, called):
        story.change(respond, organiser, token=token_in(mail), answer="ACCEPT")
    tickets = [ticket_in(mail) for mail in fresh(2, "Tiket")]
    twice = story.refusals(respond, organiser, token=token_in(first), answer="ACCEPT")
    came = [story.change(check_in, organiser, ticket=tickets[0]) for _ in range(2)]

    assert declined["invitation"]["status"] == "DECLINED"
    assert twice == ["INVALID_STATE"]
    assert came[0]["invitation"] == came[1]["invitation"]
    shown = story.run.data(contract("Event"), {"id": event_id}, organiser)["event"]
    assert shown["attendance"] == {
        "invited": 4,
        "accepted": 2,
        "declined": 1,
        "expired": 0,
        "checkedIn": 1,
        "noShow": 0,
    }
    assert shown["inviteList"]["isReproducible"] is True
    (entry,) = Calendar.from_ical(attachment(second, "undangan.ics")).walk("VEVENT")
    assert str(entry["SUMMARY"]) == "Temu Undangan"
    _assert_exported(story, listed, shown["inviteList"]["sha256"])
    _assert_reproduced_elsewhere(story, listed, shown["inviteList"]["sha256"])


def _assert_reproduced_elsewhere(story: Story, listed: str, sha256: str) -> None:
    """Compute the list in an installation that has never seen it, from observations alone."""
    file = story.installation.data.with_suffix(".jsonl")
    elsewhere = Installation(story.installation.data.with_name("elsewhere"))

    written = story.installation.gema("archive", listed, file)
    computed = elsewhere.gema("reproduce", file)

    assert written.returncode == 0, written.stderr
    assert computed.stdout.splitlines()[-2:] == [f"sha256 {sha256}", "equal to the list"]
    assert 'full_name": "-"' in file.read_text()


def _sent_list(story: Story) -> tuple[str, str]:
    """Plan an event for three, change the list by hand, freeze and send it."""
    organiser = story.token("EVENT_ORGANISER")
    agencies = story.run.data("{ agencies(first: 1) { nodes { id } } }", None, organiser)
    starts_at = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    made = {
        "title": "Temu Undangan",
        "agencyId": agencies["agencies"]["nodes"][0]["id"],
        "startsAt": starts_at,
        "capacity": 3,
    }
    event_id = story.change(EVENT, organiser, **made)["event"]["id"]
    dry = story.change(PROPOSE, organiser, eventId=event_id, dryRun=True)["inviteList"]
    draft = story.change(PROPOSE, organiser, eventId=event_id)["inviteList"]
    best = draft["entries"]["nodes"][0]["asn"]["id"]
    change = {"inviteListId": draft["id"], "asnId": best, "action": "REMOVE", "reason": "Panitia"}
    changed = story.change(OVERRIDE, organiser, **change)["inviteList"]
    ours = {"inviteListId": draft["id"]}

    assert dry["sha256"] == draft["sha256"] != changed["sha256"]
    old = story.refusals(FREEZE, organiser, **ours, sha256=draft["sha256"])
    assert old == ["CONFLICT"]
    story.change(FREEZE, organiser, **ours, sha256=changed["sha256"])
    reply_by = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    sent = story.change(contract("InvitationsSend"), organiser, **ours, replyBy=reply_by)
    assert sent["sentCount"] == 3
    return event_id, draft["id"]


def _assert_exported(story: Story, listed: str, sha256: str) -> None:
    """Fetch the list as a workbook and as a calendar; nobody else can."""
    organiser, files = story.token("EVENT_ORGANISER"), {}
    for file_format in ("XLSX", "ICS"):
        wish = {"inviteListId": listed, "format": file_format}
        export = story.change(contract("InviteListExport"), organiser, **wish)["export"]

        def shown(key: str = export["id"]) -> dict[str, Any]:
            return dict(story.run.data(contract("Export"), {"id": key}, organiser)["export"])

        until(lambda shown=shown: shown()["status"] == "READY", 60, shown)
        url = shown()["url"]
        ours = {"authorization": f"Bearer {organiser}"}
        others = {"authorization": f"Bearer {story.token('ADMIN')}"}
        files[file_format] = httpx2.get(url, headers=ours).content
        assert httpx2.get(url, headers=others).status_code == 404
    sheet = load_workbook(io.BytesIO(files["XLSX"])).active
    assert f"sha256={sha256}" in [cell.value for cell in sheet[1]]
    assert str(sheet["A2"].value).startswith("REMOVE ")
    (event,) = Calendar.from_ical(files["ICS"]).walk("VEVENT")
    assert f"sha256: {sha256}" in [str(note) for note in event["COMMENT"]]


def _until_quiet(story: Story) -> None:
    """Wait until no background work is left, so that two proposals see the same ranking."""

    def is_quiet() -> bool:
        return story.installation.inside(installation_state).open_count == 0

    until(is_quiet, 60)


COUNTS = """
SELECT (SELECT count(*) FROM asn) AS people, (SELECT count(*) FROM share) AS shares,
       (SELECT count(*) FROM invite_list) AS lists, (SELECT count(*) FROM badge) AS badges
"""
PROGRAMS = {"postgres", "valkey", "sandbox", "worker", "api"}


def test_ctrl_c_ends_everything_with_0_and_the_next_start_finds_it_all(story: Story) -> None:
    run = story.run
    counts = story.installation.rows(COUNTS)
    assert run.children() == PROGRAMS

    status = run.interrupt()

    assert status == 0
    assert run.children() == set()
    with pytest.raises(httpx2.ConnectError):
        run.ask("{ __typename }")
    story.forget_run()
    assert story.run.children() == PROGRAMS
    assert story.installation.rows(COUNTS) == counts


def test_after_the_supervisor_is_killed_the_next_start_works(story: Story) -> None:
    run, installation = story.run, story.installation
    counts = installation.rows(COUNTS)
    processes = installation.home.state().processes

    run.process.kill()
    run.process.wait()
    story.forget_run()
    left = story.run

    assert left.children() == PROGRAMS
    assert not [name for name, process in processes.items() if is_running(process)]
    assert installation.rows(COUNTS) == counts
    assert left.data(RANKING, {"first": 1}, story.token("AUDITOR"))["ranking"]["edges"]
