"""Which error an answer of X stands for, what its headers say, and what it cost."""

from datetime import UTC, datetime, timedelta

import pytest

from api.domain.platform import Platform
from workers.platforms.base import (
    APP,
    Auth,
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    Protected,
    QuotaExhausted,
    RateLimited,
    Transient,
)
from workers.platforms.ledger import PaidUnit
from workers.platforms.limiter import Bucket, Reading
from workers.platforms.transport import Answer, Call
from workers.platforms.x import calls
from workers.platforms.x.dialect import SHORTEST_WAIT, XDialect

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ACCOUNT = Auth.of_account("a-token-of-an-account")
BUCKET = Bucket(Platform.X, "retweets", "app", 75, 900)
HOSTS = ["https://api.x.com/2/problems", "https://api.twitter.com/2/problems"]


def judge(status, body=None, *, auth=APP, headers=None):
    call = Call("retweets", "/2/tweets/1/retweets", BUCKET, auth)
    XDialect().judge(Answer(status, headers or {}, body), call, NOW)


def problem(kind, host=HOSTS[0], **more):
    return {"title": "A problem", "detail": "Words.", "type": f"{host}/{kind}", **more}


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "meta": {}},
        {"meta": {"result_count": 0}},
        {"data": [{"id": "1"}], "errors": [problem("resource-not-found")]},
        {"data": [{"id": "1"}], "errors": [problem("field-hydration-failure")]},
        {"errors": [problem("resource-not-found")]},
    ],
)
def test_a_good_answer_passes_partial_errors_and_all(body):
    judge(200, body)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "invalid-request", ContractError),
        (403, "client-forbidden", MissingPermission),
        (403, "not-authorized-for-field", MissingPermission),
        (403, "field-unauthorized", MissingPermission),
        (403, "unsupported-authentication", MissingPermission),
        (403, "not-authorized-for-resource", Protected),
        (403, "disallowed-resource", Protected),
        (404, "resource-not-found", NotFound),
        (404, "resource-unavailable", Protected),
        (400, "internal-error", Transient),
        (500, "internal-error", Transient),
        (503, "resource-unavailable", Transient),
        (400, "field-hydration-failure", Transient),
        (200, "internal-error", Transient),
        (200, "field-hydration-failure", Transient),
        (200, "usage-capped", QuotaExhausted),
        (403, "usage-capped", QuotaExhausted),
        (429, "usage-capped", QuotaExhausted),
        (429, "credits", QuotaExhausted),
        (429, "rate-limits", RateLimited),
        (418, "something-new", ContractError),
    ],
)
@pytest.mark.parametrize("is_nested", [False, True])
def test_a_problem_is_known_by_the_end_of_its_type(host, status, kind, error, is_nested):
    one = problem(kind, host)

    with pytest.raises(error):
        judge(status, {"errors": [one]} if is_nested else one)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, ContractError),
        (400, ContractError),
        (402, QuotaExhausted),
        (403, MissingPermission),
        (404, NotFound),
        (410, NotFound),
        (429, RateLimited),
        (500, Transient),
        (501, ContractError),
        (502, Transient),
        (503, Transient),
        (504, Transient),
    ],
)
@pytest.mark.parametrize("body", [None, {"type": "about:blank", "title": "Words"}, [], "x"])
def test_without_a_type_the_status_decides(status, error, body):
    with pytest.raises(error):
        judge(status, body)


def test_a_refused_token_is_revoked_for_an_account_and_a_data_gap_for_the_application():
    with pytest.raises(AuthRevoked):
        judge(401, {"title": "Unauthorized", "type": "about:blank", "status": 401}, auth=ACCOUNT)
    with pytest.raises(MissingPermission):
        judge(401, {"title": "Unauthorized", "type": "about:blank", "status": 401})


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": 88, "message": "Rate limit exceeded"}]},
        {"title": "Too Many Requests", "type": "about:blank", "status": 429},
    ],
)
def test_both_forms_of_a_limit_say_until_when(body):
    reset_at = NOW + timedelta(minutes=7)

    with pytest.raises(RateLimited) as limited:
        judge(429, body, headers={"x-rate-limit-reset": str(int(reset_at.timestamp()))})

    assert (limited.value.until, limited.value.scope) == (reset_at, "X:retweets:app")


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, NOW + timedelta(seconds=900)),
        ({"x-rate-limit-reset": "soon"}, NOW + timedelta(seconds=900)),
        ({"x-rate-limit-reset": "1000"}, NOW + SHORTEST_WAIT),
    ],
)
def test_a_limit_without_a_usable_end_waits_a_window_or_at_least_a_moment(headers, until):
    with pytest.raises(RateLimited) as limited:
        judge(429, headers=headers)

    assert limited.value.until == until


@pytest.mark.parametrize(
    ("period", "until"),
    [
        ({"period": "Monthly"}, datetime(2026, 12, 1, tzinfo=UTC)),
        ({"period": "Daily"}, datetime(2026, 11, 24, tzinfo=UTC)),
        ({}, datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_a_used_up_cap_is_parked_until_its_period_ends(period, until):
    with pytest.raises(QuotaExhausted) as exhausted:
        judge(429, problem("usage-capped", **period))

    assert exhausted.value.until == until


@pytest.mark.parametrize(
    ("parameter", "is_cursor"), [("pagination_token", True), ("max_results", False)]
)
def test_a_refused_request_tells_whether_it_was_the_cursor_and_hides_what_was_said(
    parameter, is_cursor
):
    errors = [{"parameters": {parameter: ["secret-value"]}, "message": "The secret-value is bad"}]

    with pytest.raises(ContractError) as refused:
        judge(400, {"errors": errors, "title": "Invalid Request", "detail": "secret-value"})

    assert refused.value.is_cursor_refused is is_cursor
    assert "Invalid Request" in refused.value.raw
    assert "secret-value" not in refused.value.raw + str(refused.value)


@pytest.mark.parametrize(
    ("headers", "reading"),
    [
        (
            {"x-rate-limit-remaining": "7", "x-rate-limit-reset": str(int(NOW.timestamp()))},
            Reading(7, NOW),
        ),
        ({}, None),
        ({"x-rate-limit-remaining": "7"}, None),
        ({"x-rate-limit-remaining": "-1", "x-rate-limit-reset": "1"}, None),
        ({"x-rate-limit-remaining": "many", "x-rate-limit-reset": "1"}, None),
        ({"x-rate-limit-remaining": "7", "x-rate-limit-reset": "9" * 30}, None),
    ],
)
def test_the_window_is_read_from_the_headers(headers, reading):
    assert XDialect().reading(headers, NOW) == reading


def test_an_answer_costs_its_items_and_what_came_along_each_once():
    body = {
        "data": [{"id": "1"}, {"id": "2"}, {"id": "2"}],
        "includes": {"users": [{"id": "71"}], "tweets": [{"id": "5"}]},
    }
    call = Call("retweets", "/", BUCKET, cost=calls.REPOSTS.cost(APP, 100))

    assert call.cost == {PaidUnit.POST_READ: 100, PaidUnit.INCLUDED_USER_READ: 100}
    assert XDialect().reads(Answer(200, {}, body), call) == {
        PaidUnit.POST_READ: {"1", "2"},
        PaidUnit.INCLUDED_USER_READ: {"71"},
        PaidUnit.INCLUDED_POST_READ: {"5"},
    }


def test_own_reads_are_cheaper_and_count_apart():
    assert calls.OWN_POSTS.cost(ACCOUNT, 100) == {PaidUnit.OWN_READ: 100}
    assert calls.OWN_POSTS.cost(APP, 100) == {PaidUnit.POST_READ: 100}
    assert calls.OWN_POSTS.bucket(ACCOUNT).limit == 900
    assert calls.OWN_POSTS.bucket(APP).limit == 10_000


def test_a_bucket_does_not_reveal_its_token():
    assert "a-token" not in calls.USERS.bucket(ACCOUNT).scope + repr(ACCOUNT)
