"""The sandbox's identity providers over HTTP: PKCE, refreshes and withdrawals on all networks."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.graph.tokens import proof_of
from workers.sandbox.logins import s256
from workers.sandbox.naming.instagram import is_professional
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(
    epoch=EPOCH,
    person_count=60,
    post_count=2,
    citizen_count=60,
    stranger_count=20,
    networks=("x", "facebook", "instagram", "bluesky", "mastodon"),
)
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0001"
BACK = "http://127.0.0.1:8000/link/callback"
CLIENT = {"client_id": "sandbox-client", "client_secret": "sandbox-client-secret"}
AUTHORIZE = {
    "X": "/x/i/oauth2/authorize",
    "FACEBOOK": "/facebook/v26.0/dialog/oauth",
    "INSTAGRAM": "/instagram/oauth/authorize",
    "BLUESKY": "/bluesky/oauth/authorize",
    "MASTODON": "/mastodon/oauth/authorize",
}
TOKEN = {
    "X": "/x/2/oauth2/token",
    "FACEBOOK": "/facebook/v26.0/oauth/access_token",
    "INSTAGRAM": "/instagram/oauth/access_token",
    "BLUESKY": "/bluesky/oauth/token",
    "MASTODON": "/mastodon/oauth/token",
}
ME = {
    "X": "/x/2/users/me",
    "FACEBOOK": "/facebook/v26.0/me?fields=id,name",
    "INSTAGRAM": "/instagram/v26.0/me?fields=user_id,username",
    "BLUESKY": "/bluesky/xrpc/com.atproto.server.getSession",
    "MASTODON": "/mastodon/api/v1/accounts/verify_credentials",
}
ROTATING = ["X", "BLUESKY", "MASTODON"]


class Browser:
    """Logs people in, and asks in their name."""

    def __init__(self, client, stage):
        self.client = client
        self.stage = stage

    def somebody(self, platform):
        network = self.stage.world.network(platform)
        if platform == "X":
            return self.stage.world.society.civil_servants[0]
        return next(
            one
            for one in network.members.values()
            if one.is_public and (platform != "INSTAGRAM" or is_professional(network, one))
        )

    async def authorize(self, platform, **changes):
        parameters = {
            "response_type": "code",
            "client_id": "sandbox-client",
            "redirect_uri": BACK,
            "state": "s-1",
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        given = {name: value for name, value in parameters.items() if value is not None}
        return await self.client.get(AUTHORIZE[platform], params=given)

    async def code(self, platform, handle, **changes):
        sent = await self.authorize(platform, login_hint=handle, **changes)
        assert sent.status_code == 302, sent.text
        return parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]

    async def exchange(self, platform, code, **changes):
        body = {
            **CLIENT,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
            **changes,
        }
        return await self.client.post(TOKEN[platform], data=body)

    async def login(self, platform, handle):
        answer = await self.exchange(platform, await self.code(platform, handle))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def me(self, platform, token):
        parameters = dict(parse_qs(urlsplit(ME[platform]).query, keep_blank_values=True))
        if platform in ("FACEBOOK", "INSTAGRAM"):
            parameters["appsecret_proof"] = proof_of(token)
        headers = {"authorization": f"Bearer {token}"}
        path = urlsplit(ME[platform]).path
        return await self.client.get(path, params=parameters, headers=headers)


@pytest.fixture
async def browser():
    stage = Stage(SPEC, Clock.standing(EPOCH))
    transport = httpx2.ASGITransport(create_app(stage))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Browser(client, stage)


@pytest.mark.parametrize("platform", AUTHORIZE)
async def test_a_login_gives_a_token_that_says_who_it_is(browser, platform):
    person = browser.somebody(platform)

    token = (await browser.login(platform, person.handle))["access_token"]
    me = await browser.me(platform, token)

    assert me.status_code == 200, me.text
    native_id = browser.stage.world.network(platform).customs.account_id(person)
    told = me.json().get("data", me.json())
    assert native_id in [told.get(name) for name in ("id", "did", "uri", "user_id")]


@pytest.mark.parametrize("platform", AUTHORIZE)
async def test_access_that_a_person_withdraws_is_gone_until_they_log_in_again(browser, platform):
    person = browser.somebody(platform)
    token = (await browser.login(platform, person.handle))["access_token"]

    order = {"do": "revoke", "platform": platform, "actor": person.handle}
    await browser.client.post("/_sandbox/act", json=order)
    lost = await browser.me(platform, token)
    again = (await browser.login(platform, person.handle))["access_token"]

    assert lost.status_code in (400, 401)
    assert (await browser.me(platform, again)).status_code == 200
    assert (await browser.me(platform, token)).status_code in (400, 401)


@pytest.mark.parametrize("platform", ROTATING)
async def test_a_refresh_replaces_both_tokens_and_works_once(browser, platform):
    first = await browser.login(platform, browser.somebody(platform).handle)
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **CLIENT}

    second = await browser.client.post(TOKEN[platform], data=refresh)
    third = await browser.client.post(TOKEN[platform], data=refresh)

    assert second.status_code == 200
    assert (await browser.me(platform, second.json()["access_token"])).status_code == 200
    assert (await browser.me(platform, first["access_token"])).status_code != 200
    assert (third.status_code, third.json()["error"]) == (400, "invalid_grant")


async def test_a_token_runs_out_by_the_clock_of_the_world(browser):
    token = (await browser.login("X", browser.somebody("X").handle))["access_token"]

    browser.stage.clock.advance(7_201)

    assert (await browser.me("X", token)).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "another"},
        {"redirect_uri": "http://127.0.0.1:8000/elsewhere"},
        {"code": "sandbox-code-9"},
    ],
)
async def test_a_code_is_good_for_its_own_request_only(browser, changes):
    code = await browser.code("X", browser.somebody("X").handle)

    answer = await browser.exchange("X", **{"code": code, **changes})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_is_good_once_and_for_the_client_that_asked(browser):
    code = await browser.code("X", browser.somebody("X").handle)

    stranger = await browser.exchange("X", code, client_secret="guessed")  # noqa: S106
    first = await browser.exchange("X", code)
    second = await browser.exchange("X", code)

    assert [each.status_code for each in (stranger, first, second)] == [401, 200, 400]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://umpan.example/callback"},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
)
async def test_a_request_that_is_not_safe_is_refused_before_anybody_logs_in(browser, changes):
    sent = await browser.authorize("X", login_hint=browser.somebody("X").handle, **changes)

    assert sent.status_code == 400
    assert "location" not in sent.headers


async def test_nobody_named_is_asked_and_a_refusal_comes_back(browser):
    page = await browser.authorize("X")
    refused = await browser.authorize("X", deny="1")

    assert page.status_code == 200
    assert "login_hint" in page.text
    assert parse_qs(urlsplit(refused.headers["location"]).query) == {
        "error": ["access_denied"],
        "state": ["s-1"],
    }
