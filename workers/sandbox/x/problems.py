"""How X says that something is wrong."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_PROBLEMS = "https://api.x.com/2/problems/"
_OLD_PROBLEMS = "https://api.twitter.com/2/problems/"


class BadRequest(Exception):
    """A parameter cannot be used: status 400."""

    def __init__(self, parameter: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.body: Json = {
            "errors": [
                {
                    "parameters": {parameter: [value]},
                    "message": f"The `{parameter}` query parameter value [{value}] {reason}",
                }
            ],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{_PROBLEMS}invalid-request",
        }


def at_old_host(content: bytes) -> bytes:
    """Return a body with its problem types on the host that goes with the old words."""
    return content.replace(_PROBLEMS.encode(), _OLD_PROBLEMS.encode())


def plain(status: int, title: str, detail: str | None = None) -> Json:
    """Return a problem that has no type of its own."""
    return {"title": title, "type": "about:blank", "status": status, "detail": detail or title}


def too_many_requests(is_legacy: bool) -> Json:
    """Return the body of a 429, in either form."""
    if is_legacy:
        return {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
    return plain(429, "Too Many Requests")


def usage_capped(is_out_of_credits: bool) -> tuple[int, Json]:
    """Return status and body for an app that may not read any more."""
    if is_out_of_credits:
        body = {"title": "CreditsDepleted", "detail": "This account does not have any credits."}
        return 402, body | {"type": f"{_PROBLEMS}credits"}
    body = {
        "title": "UsageCapExceeded",
        "detail": "Usage cap exceeded: Monthly product cap",
        "period": "Monthly",
        "scope": "Product",
    }
    return 429, body | {"type": f"{_PROBLEMS}usage-capped"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was asked for and is not shown: what it is, and how it was named."""

    resource: str
    parameter: str
    value: str

    def not_found(self) -> Json:
        """Return the error for something that is not there."""
        detail = f"Could not find {self.resource} with {self.parameter}: [{self.value}]."
        return self._error("resource-not-found", "Not Found Error", detail)

    def suspended(self) -> Json:
        """Return the error for a suspended account."""
        detail = f"User has been suspended: [{self.value}]."
        return self._error("resource-not-found", "Forbidden", detail)

    def not_authorized(self) -> Json:
        """Return the error for something that only followers see."""
        about = f"{self.resource} with {self.parameter}: [{self.value}]"
        detail = f"Sorry, you are not authorized to see the {about}."
        return self._error("not-authorized-for-resource", "Authorization Error", detail)

    def _error(self, kind: str, title: str, detail: str) -> Json:
        return {
            "resource_id": self.value,
            "resource_type": self.resource,
            "parameter": self.parameter,
            "value": self.value,
            "type": f"{_PROBLEMS}{kind}",
            "title": title,
            "detail": detail,
        }
