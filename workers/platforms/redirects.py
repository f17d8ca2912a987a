"""Short links: a few redirects between fixed hosts, over public addresses that are pinned."""

import asyncio
import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urljoin

import httpx2

from api.domain.matching import NeedsRedirect, PostRef, Refused, facebook, instagram, parse_post_url
from api.domain.matching import x as x_ids
from api.domain.matching.address import Address, read_address
from api.domain.platform import Platform
from workers.platforms.errors import ContractError, NotFound, RateLimited, Transient
from workers.platforms.limiter import Bucket
from workers.platforms.transport import ClientTools

MOST_HOPS = 5
TIMEOUT_SECONDS = 5.0
_HOSTS: Mapping[Platform, frozenset[str]] = {
    Platform.X: x_ids.SHORT_HOSTS | x_ids.HOSTS,
    Platform.FACEBOOK: facebook.SHORT_HOSTS | facebook.HOSTS,
    Platform.INSTAGRAM: instagram.HOSTS,
}
_PER_MINUTE = 60
_TOO_MANY, _FIRST_SERVER_ERROR = 429, 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOSTS_OF_IPV6 = ipaddress.ip_network("2000::/3")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


class Redirects:
    """Follows the short links of one network. No cookie is kept and no body is read."""

    def __init__(self, platform: Platform, tools: ClientTools) -> None:
        self._platform = platform
        self._tools = tools
        # A proxy would look the name up itself, and the pinned address would mean nothing.
        self._client = httpx2.AsyncClient(
            transport=tools.transport,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "gema"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def follow(self, link: NeedsRedirect) -> PostRef:
        """Return the post behind a short link.

        Raises:
            NotFound: the link is dead, or leads to anything but a post of its network.
            PlatformError: nobody answers, or an answer cannot be trusted.
        """
        url = link.url
        for _ in range(MOST_HOPS):
            url = _joined(url, await self._location(self._permitted(url)))
            found = parse_post_url(url)
            if isinstance(found, PostRef) and found.platform is self._platform:
                return found
        raise NotFound

    def _permitted(self, url: str) -> Address:
        address = read_address(url)
        if isinstance(address, Refused) or address.host not in _HOSTS[self._platform]:
            raise NotFound
        return address

    async def _location(self, address: Address) -> str:
        bucket = Bucket(self._platform, "redirects", address.host, _PER_MINUTE, 60)
        await self._tools.limiter.take(bucket)
        try:
            with self._tools.call(self._platform, bucket.family) as answered:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    status, location = await self._ask(address)
                answered(status)
        except (httpx2.RequestError, TimeoutError, OSError) as error:
            raise Transient(type(error).__name__) from error
        if status == _TOO_MANY:
            raise RateLimited(self._tools.clock() + timedelta(minutes=15), bucket.scope)
        if status >= _FIRST_SERVER_ERROR:
            raise Transient(f"status {status}")
        if status not in _REDIRECTS or not location:
            raise NotFound
        return location

    async def _ask(self, address: Address) -> tuple[int, str]:
        pinned = await self._pinned(address.host)
        query = f"?{address.query}" if address.query else ""
        async with self._client.stream(
            "GET",
            f"https://{pinned}{address.path}{query}",
            headers={"host": address.host},
            extensions={"sni_hostname": address.host},
        ) as response:
            self._client.cookies.clear()
            return response.status_code, response.headers.get("location", "")

    async def _pinned(self, host: str) -> str:
        """Return the address to connect to; one private address among several refuses them all."""
        found = [ipaddress.ip_address(text) for text in await self._tools.lookup(host)]
        if not found:
            raise Transient("the name of the host is not known")
        if not all(map(_is_public, found)):
            raise ContractError("The name of the host leads to a private address.")
        return f"[{found[0]}]" if found[0].version == 6 else str(found[0])  # noqa: PLR2004


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # What follows is whatever somebody typed into a shortener.
        raise NotFound from None


def _is_public(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one host of the public network.

    Python calls addresses global that carry a private IPv4 address through a gateway; of IPv6 only
    what is assigned to hosts is left, without 6to4.
    """
    if found.version == 6 and (found not in _HOSTS_OF_IPV6 or found in _SIX_TO_FOUR):  # noqa: PLR2004
        return False
    return found.is_global and not found.is_multicast
