"""Real answers, spoiled: one value replaced, left out, doubled or exchanged for another."""

import copy

import httpx2
import orjson

NASTY = (
    *(None, True, False, 0, -1, 1, 0.5, 1e308, -(2**53), 2**53 + 1, 2**64 - 1),
    *("", " ", "\0", "x" * 300, "0", "-1", "9" * 19, "9" * 40, "1e999", "NaN", "null"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z"),
    *("https://[", "https://x/?a=%", "javascript:alert(1)", "at://", "did:plc:", "a@b@c", "\ud7ff"),
    *([], {}, [[]], [None], {"data": {}}, [{"id": {}}], {"": [{"": ""}]}),
)
HEADERS = (
    {},
    {"x-rate-limit-remaining": "x", "x-rate-limit-reset": "9" * 30},
    {"x-rate-limit-remaining": "5", "x-rate-limit-reset": "-1"},
    {"x-rate-limit-remaining": "5", "x-rate-limit-reset": "99999999999"},
    {"x-app-usage": "{"},
    {"x-app-usage": '{"call_count": 1e308, "total_time": null}'},
    {"x-app-usage": '{"call_count": 96, "estimated_time_to_regain_access": 9e15}'},
    {"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":' + "9" * 18 + "}]}"},
    {"ratelimit-remaining": "0", "ratelimit-reset": "0", "retry-after": "-5"},
    {"ratelimit-remaining": "1", "ratelimit-reset": "9" * 11, "retry-after": "tomorrow"},
    {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "2026-13-01"},
    {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "0001-01-01T00:00:00+23:59"},
    {"link": '<https://[>; rel="next"'},
    {"link": '<>; rel="next", <'},
    {"link": "<" * 300},
    {"link": '<http://127.0.0.1:1/mastodon/elsewhere?max_id=%00>; rel="next"'},
)
STATUSES = (200, 200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 410, 422, 429, 500, 501, 503)


def spoil(content, random):
    """Return a copy of parsed JSON with a few of its values spoiled."""
    content = copy.deepcopy(content)
    for _ in range(random.randint(1, 3)):
        places = list(_places(content))
        if not places:
            return random.choice(NASTY)
        container, key = random.choice(places)
        match random.randint(0, 3):
            case 0 if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case 1:
                del container[key]
            case 2:
                other, place = random.choice(places)
                if place in other if isinstance(other, dict) else place < len(other):
                    container[key] = copy.deepcopy(other[place])
            case _:
                container[key] = copy.deepcopy(random.choice(NASTY))
    return content


def _places(content):
    if isinstance(content, dict):
        keys = list(content)
    elif isinstance(content, list):
        keys = list(range(len(content)))
    else:
        return
    for key in keys:
        yield content, key
        yield from _places(content[key])


class Spoiler(httpx2.AsyncBaseTransport):
    """Answers as a sandbox did, but spoils one answer in three on its way."""

    def __init__(self, recorded, inner, random):
        self.recorded = recorded
        self.inner = inner
        self.random = random

    async def handle_async_request(self, request):
        status, headers, body = await self._recorded(request)
        kind = self.random.randint(0, 8)
        if kind == 0:
            body = orjson.dumps(spoil(orjson.loads(body), self.random))
        elif kind == 1:
            body = body[: self.random.randint(0, len(body))]
        elif kind == 2:
            body, headers = self.random.randbytes(self.random.randint(0, 40)), {}
        elif kind == 3:
            headers = {**headers, **self.random.choice(HEADERS)}
            status = self.random.choice(STATUSES)
        elif kind <= 6:
            body = orjson.dumps(spoil(orjson.loads(body), self.random))
            headers = {**headers, **self.random.choice(HEADERS)}
        return httpx2.Response(status, headers=headers, content=body)

    async def _recorded(self, request):
        key = (str(request.url), request.headers.get("authorization"))
        if key not in self.recorded:
            answer = await self.inner.handle_async_request(request)
            body = await answer.aread()
            kept = {name: text for name, text in answer.headers.items() if name != "content-length"}
            self.recorded[key] = (answer.status_code, kept, body)
        return self.recorded[key]
