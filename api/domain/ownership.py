"""How an account is proved to be a person's own: what they are asked to do, and when it is checked.

The code of a post is an address, because connectors read the links of a post and never its text.
"""

from datetime import timedelta

from api.domain.platform import Platform

CHALLENGE_LIFE = timedelta(hours=24)
LOGIN_LIFE = timedelta(minutes=30)
FIRST_CHECK_AFTER = timedelta(seconds=20)
_LONGEST_PAUSE = timedelta(minutes=15)


def bio_instruction(token: str) -> str:
    """Return what to do with a code in the description of the profile."""
    return (
        f"Tulis {token} di bio profil Anda; kami memeriksanya sendiri dalam 24 jam, lalu Anda boleh"
        f" menghapusnya. / Put {token} into the bio of your profile; we look for it for 24 hours,"
        " then you may remove it."
    )


def post_instruction(address: str) -> str:
    """Return what to do with a code in a post."""
    return (
        f"Terbitkan unggahan publik yang memuat {address}; kami memeriksanya sendiri dalam 24 jam,"
        f" lalu Anda boleh menghapusnya. / Publish a public post that contains {address}; we look"
        " for it for 24 hours, then you may delete it."
    )


def login_instruction() -> str:
    """Return what to do with the address of a login."""
    return (
        "Buka alamat ini, masuk dengan akun tersebut, lalu setujui penautannya di halaman kami;"
        " kata sandi Anda tidak pernah kami lihat. / Open this address, sign in with that account,"
        " and then agree to the link on our page; we never see your password."
    )


def callback_address(public_url: str, platform: Platform) -> str:
    """Return where a network sends a person back to."""
    return f"{public_url}/accounts/callback/{platform.value.lower()}"


def is_same_account(
    platform: Platform, known: tuple[str | None, str], seen: tuple[str, str | None]
) -> bool:
    """Tell whether the account that somebody signed in with is the one that they named.

    Both are id and handle. The id decides wherever it is known; Facebook tells no names of people,
    so that there the login alone says which account it is.
    """
    known_id, known_handle = known
    seen_id, seen_handle = seen
    if known_id is not None:
        return known_id == seen_id
    if seen_handle is None:
        return platform is Platform.FACEBOOK
    return known_handle.casefold() == seen_handle.removeprefix("@").casefold()


def proof_address(public_url: str, token: str) -> str:
    """Return the address that a post has to contain."""
    return f"{public_url}/v/{token}"


def pause_after(age: timedelta) -> timedelta:
    """Return how long to wait for the next check of a challenge of this age."""
    return min(_LONGEST_PAUSE, max(FIRST_CHECK_AFTER, age / 2))


def is_in_bio(token: str, description: str | None) -> bool:
    """Tell whether a description carries the code, whatever its case."""
    return description is not None and token.casefold() in description.casefold()


def is_in_links(address: str, links: tuple[str, ...]) -> bool:
    """Tell whether one of a post's links is the address."""
    return any(link.rstrip("/").casefold() == address.casefold() for link in links)
