"""Events, their quota rules, invite lists and invitations."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.invitation import MailState
from api.models.agency import Agency, Province
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id
from api.models.ranking import ScoreRun

LIST_STATUSES = ("DRAFT", "FROZEN", "SENT", "CLOSED", "DISCARDED")
DECISIONS = ("ADMITTED", "WAITLISTED", "NOT_ELIGIBLE", "COOLING_DOWN", "QUOTA_FULL", "REMOVED")
INVITATION_STATES = (
    "PROPOSED",
    "WAITLISTED",
    "INVITED",
    "ACCEPTED",
    "DECLINED",
    "EXPIRED",
    "WITHDRAWN",
    "CHECKED_IN",
    "NO_SHOW",
)
MAIL_KINDS = ("INVITATION", "TICKET", "WITHDRAWAL")


class Event(Model):
    """An occasion to which holders are invited."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    title = fields.CharField(max_length=200)
    agency: fields.ForeignKeyRelation[Agency] = fields.ForeignKeyField(
        "models.Agency", on_delete=fields.RESTRICT
    )
    province: fields.ForeignKeyNullableRelation[Province] = fields.ForeignKeyField(
        "models.Province", null=True, on_delete=fields.RESTRICT
    )
    venue = fields.CharField(max_length=200, null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    capacity = fields.IntField()
    status = fields.CharField(max_length=9, default="DRAFT")
    version = fields.IntField(default=1, db_default=1)
    created_by = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "event"
        indexes = (("starts_at", "id"), ("agency_id",))
        constraints = (
            one_of("event", "status", ("DRAFT", "PUBLISHED", "HELD", "CANCELLED")),
            CheckConstraint(check="capacity > 0", name="event_capacity_positive"),
            CheckConstraint(check="ends_at > starts_at", name="event_dates_ordered"),
        )


class QuotaRule(Model):
    """A standing quota of an event; no key means each agency or province."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", on_delete=fields.CASCADE
    )
    dimension = fields.CharField(max_length=8)
    key_id = fields.UUIDField(null=True)
    minimum = fields.IntField(null=True)
    maximum = fields.IntField(null=True)
    maximum_percent = fields.IntField(null=True)

    class Meta:
        table = "quota_rule"
        constraints = (
            UniqueConstraint(fields=("event_id", "dimension", "key_id"), name="quota_rule_once"),
            one_of("quota_rule", "dimension", ("AGENCY", "PROVINCE", "NEWCOMER")),
            CheckConstraint(check="minimum >= 0", name="quota_rule_minimum_positive"),
            CheckConstraint(check="maximum >= 0", name="quota_rule_maximum_positive"),
        )


class InviteList(Model):
    """A selection for an event: run, rules, seed and hash; once frozen it never changes."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", on_delete=fields.CASCADE
    )
    score_run: fields.ForeignKeyRelation[ScoreRun] = fields.ForeignKeyField(
        "models.ScoreRun", on_delete=fields.RESTRICT
    )
    status = fields.CharField(max_length=9, default="DRAFT")
    seat_count = fields.IntField()
    seed = fields.CharField(max_length=64)
    rules: fields.Field[dict[str, object]] = fields.JSONField()
    solver = fields.CharField(max_length=40)
    outcome: fields.Field[dict[str, object]] = fields.JSONField()
    sha256 = fields.CharField(max_length=64)
    created_by = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(auto_now_add=True)
    frozen_at = fields.DatetimeField(null=True)
    frozen_by = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "invite_list"
        indexes = (("event_id", "created_at"),)
        constraints = (
            one_of("invite_list", "status", LIST_STATUSES),
            UniqueConstraint(
                fields=("event_id",),
                name="invite_list_standing",
                condition="status IN ('FROZEN', 'SENT')",
            ),
            CheckConstraint(
                check="(status = 'DRAFT' OR status = 'DISCARDED') = (frozen_at IS NULL)",
                name="invite_list_frozen_at",
            ),
        )


class InviteListEntry(Model):
    """One candidate of a list with decision and reasons."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    invite_list: fields.ForeignKeyRelation[InviteList] = fields.ForeignKeyField(
        "models.InviteList", on_delete=fields.CASCADE
    )
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.RESTRICT
    )
    position = fields.IntField()
    seat = fields.IntField(null=True)
    decision = fields.CharField(max_length=12)
    rank = fields.IntField()
    waiting_position = fields.IntField(null=True)
    score = fields.DecimalField(max_digits=40, decimal_places=0)
    facts: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    reasons: fields.Field[list[dict[str, object]]] = fields.JSONField()

    class Meta:
        table = "invite_list_entry"
        constraints = (
            UniqueConstraint(fields=("invite_list_id", "asn_id"), name="invite_list_entry_once"),
            UniqueConstraint(
                fields=("invite_list_id", "position"), name="invite_list_entry_position"
            ),
            one_of("invite_list_entry", "decision", DECISIONS),
        )


class InviteListOverride(Model):
    """A person put on a list, or taken off it, by hand, with a reason.

    One that breaks a quota waits for a second person; until then it changes nothing.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    invite_list: fields.ForeignKeyRelation[InviteList] = fields.ForeignKeyField(
        "models.InviteList", on_delete=fields.CASCADE
    )
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.RESTRICT
    )
    action = fields.CharField(max_length=6)
    reason = fields.CharField(max_length=500)
    breaks: fields.Field[list[str]] = fields.JSONField(default=list)
    asked_by = fields.CharField(max_length=200)
    asked_at = fields.DatetimeField()
    confirmed_by = fields.CharField(max_length=200, null=True)
    confirmed_at = fields.DatetimeField(null=True)
    before_sha256 = fields.CharField(max_length=64)
    after_sha256 = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "invite_list_override"
        constraints = (
            UniqueConstraint(fields=("invite_list_id", "asn_id"), name="invite_list_override_once"),
            one_of("invite_list_override", "action", ("ADMIT", "REMOVE")),
        )


class Invitation(Model):
    """The invitation of one person to one event."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", on_delete=fields.CASCADE
    )
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.RESTRICT
    )
    invite_list: fields.ForeignKeyRelation[InviteList] = fields.ForeignKeyField(
        "models.InviteList", on_delete=fields.RESTRICT
    )
    position = fields.IntField()
    status = fields.CharField(max_length=10, default="PROPOSED")
    reasons: fields.Field[list[dict[str, object]]] = fields.JSONField(default=list)
    answer_by = fields.DatetimeField(null=True)
    invited_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    checked_in_at = fields.DatetimeField(null=True)
    ticket_nonce = fields.BinaryField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "invitation"
        indexes = (("asn_id", "invited_at"),)
        constraints = (
            UniqueConstraint(fields=("event_id", "asn_id"), name="invitation_once"),
            one_of("invitation", "status", INVITATION_STATES),
        )


class InvitationMail(Model):
    """A mail about an invitation, written before the mail server is called.

    SENDING after a crash means that nobody knows whether it left; it goes out again under the same
    message id.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=10)
    version = fields.IntField()
    state = fields.CharField(max_length=10)
    begun_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation_mail"
        constraints = (
            UniqueConstraint(
                fields=("invitation_id", "kind", "version"), name="invitation_mail_once"
            ),
            one_of("invitation_mail", "kind", MAIL_KINDS),
            one_of("invitation_mail", "state", MailState),
        )
