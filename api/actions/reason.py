"""The reason that a person gives for a change; it stays in the audit trail."""

from api.errors import Invalid

REASON_LENGTH = 500


def required_reason(text: str, *, field: str = "reason", longest: int = REASON_LENGTH) -> str:
    """Return the reason without spaces around it.

    Raises:
        Invalid: BLANK or TOO_LONG with the field.
    """
    given = text.strip()
    if not given:
        raise Invalid("Say why.", code="BLANK", field=[field])
    if len(given) > longest:
        message = f"A {field} has at most {longest} characters."
        raise Invalid(message, code="TOO_LONG", field=[field])
    return given
