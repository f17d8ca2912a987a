"""How an account is proved to be a person's own: what they are asked to do, and when it is checked.

The code of a post is an address, because connectors read the links of a post and never its text.
"""

from datetime import timedelta

CHALLENGE_LIFE = timedelta(hours=24)
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
