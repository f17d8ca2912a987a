"""How the Graph API says that something is wrong: by a code, at status 400."""

from typing import Any

from workers.sandbox.chance import draw

Json = dict[str, Any]

UNKNOWN, SERVICE, APP_LIMIT, NO_PERMISSION, USER_LIMIT = 1, 2, 4, 10, 17
PAGE_LIMIT, PARAMETER, SESSION, PERMISSION, APPLICATION_LIMIT, CUSTOM_LIMIT = (
    32, 100, 190, 200, 341, 613,
)  # fmt: skip
APP_REMOVED, CHECKPOINT, PASSWORD_CHANGED, EXPIRED, UNSUPPORTED = 458, 459, 460, 463, 33
_MESSAGES = {
    UNKNOWN: "An unknown error occurred",
    SERVICE: "Service temporarily unavailable",
    APP_LIMIT: "(#4) Application request limit reached",
    NO_PERMISSION: "(#10) This endpoint requires a permission that was not granted.",
    USER_LIMIT: "(#17) User request limit reached",
    PAGE_LIMIT: "(#32) Page request limit reached",
    PARAMETER: "(#100) Invalid parameter",
    SESSION: "Error validating access token",
    PERMISSION: "(#200) Permissions error",
    APPLICATION_LIMIT: "(#341) Feed action request limit reached",
    CUSTOM_LIMIT: "(#613) Calls to this api have exceeded the rate limit.",
}
_TRANSIENT = frozenset({UNKNOWN, SERVICE, APP_LIMIT, USER_LIMIT, PAGE_LIMIT})


class GraphError(Exception):
    """The answer is an error with a code."""

    status = 400

    def __init__(self, code: int, message: str | None = None, subcode: int | None = None) -> None:
        self.code = code
        self.message = message or _MESSAGES.get(code, f"(#{code}) Error")
        self.subcode = subcode
        super().__init__(self.message)

    def body(self, *trace: object) -> Json:
        """Return the error as JSON, with a trace id of its own."""
        name = "GraphMethodException" if self.subcode == UNSUPPORTED else "OAuthException"
        error: Json = {"message": self.message, "type": name, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in _TRANSIENT:
            error["is_transient"] = True
        return {"error": error | {"fbtrace_id": f"A{int(draw('trace', *trace) * 2**60):015x}"}}


def unsupported(native_id: str) -> GraphError:
    """Return the error for something that is not there, or not there for this caller."""
    message = (
        f"Unsupported get request. Object with ID '{native_id}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation."
    )
    return GraphError(PARAMETER, message, UNSUPPORTED)
