from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Asn",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("full_name", fields.CharField(max_length=200)),
                ("sort_name", fields.CharField(max_length=200)),
                ("is_active", fields.BooleanField(default=True)),
                ("is_pseudonymous", fields.BooleanField(default=False)),
                (
                    "opted_out_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "asn",
                "app": "models",
                "indexes": [Index(fields=["sort_name", "id"])],
                "pk_attr": "id",
                "table_description": "A civil servant. Identity is the id alone: names, numbers and agencies change.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("object_type", fields.CharField(max_length=40)),
                ("object_id", fields.UUIDField()),
                ("text", fields.TextField(unique=False)),
                ("state", fields.CharField(default="OPEN", max_length=9)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("first_decided_by", fields.CharField(max_length=200)),
                ("decided_by", fields.CharField(null=True, max_length=200)),
            ],
            options={
                "table": "appeal",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="state IN ('OPEN', 'UPHELD', 'DISMISSED')", name="appeal_state_known"
                    ),
                    CheckConstraint(
                        check="decided_by <> first_decided_by", name="appeal_other_decider"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A person's objection to a decision, decided by somebody else than the first decider.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(max_length=200)),
                ("role", fields.CharField(max_length=20)),
                ("agency_id", fields.UUIDField(null=True)),
                ("action", fields.CharField(max_length=40)),
                ("object_type", fields.CharField(max_length=40)),
                ("object_id", fields.UUIDField(null=True)),
                ("before_sha256", fields.CharField(null=True, max_length=64)),
                ("after_sha256", fields.CharField(null=True, max_length=64)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("request_id", fields.CharField(null=True, max_length=64)),
                ("operation", fields.CharField(null=True, max_length=80)),
                ("document_sha256", fields.CharField(null=True, max_length=64)),
                ("row_hash", fields.CharField(max_length=64)),
                ("sequence", fields.BigIntField(null=True, unique=True)),
                ("previous_hash", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "audit_event",
                "app": "models",
                "indexes": [Index(fields=["object_id", "at"]), Index(fields=["at", "id"])],
                "pk_attr": "id",
                "table_description": "Who did what to which object: ids and hashes, never values; written with the change.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    fields.SmallIntField(
                        generated=False, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("sequence", fields.BigIntField()),
                ("hash", fields.CharField(max_length=64)),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "verified_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("is_intact", fields.BooleanField(null=True)),
            ],
            options={
                "table": "audit_head",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The end of the sealed chain, one row, so that a cut-off tail shows; sealing locks it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BadgeClass",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("code", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(max_length=120)),
                ("description", fields.TextField(unique=False)),
            ],
            options={
                "table": "badge_class",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A kind of badge that the programme gives.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Badge",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "badge_class",
                    fields.ForeignKeyField(
                        "models.BadgeClass",
                        source_field="badge_class_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("public_code", fields.CharField(unique=True, max_length=32)),
                ("state", fields.CharField(max_length=9)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "valid_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "grace_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "badge",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "badge_class_id"),
                        name="badge_not_ended",
                        condition="state IN ('PENDING', 'ACTIVE', 'SUSPENDED')",
                    ),
                    CheckConstraint(
                        check="state IN ('PENDING', 'ACTIVE', 'SUSPENDED', 'REVOKED', 'EXPIRED')",
                        name="badge_state_known",
                    ),
                ],
                "indexes": [Index(fields=["asn_id", "issued_at"])],
                "pk_attr": "id",
                "table_description": "A badge held by a civil servant; EXPIRED and REVOKED are final, coming back is a new row.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BadgeCredential",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "badge",
                    fields.ForeignKeyField(
                        "models.Badge",
                        source_field="badge_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("status_list", fields.IntField()),
                ("status_index", fields.IntField()),
                ("document", fields.TextField(unique=False)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "badge_credential",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("status_list", "status_index"), name="badge_credential_place"
                    )
                ],
                "pk_attr": "id",
                "table_description": "A signed Open Badges credential with its place in a status list.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Baseline",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("formula", fields.CharField(max_length=20)),
                ("status", fields.CharField(default="BUILDING", max_length=8)),
                ("as_of", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("watermark", fields.BigIntField()),
                ("document", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("built_through", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "baseline",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("formula",), name="baseline_live", condition="status = 'LIVE'"
                    ),
                    CheckConstraint(
                        check="status IN ('BUILDING', 'LIVE', 'RETIRED')",
                        name="baseline_status_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What a typical share gets, per platform and metric, frozen; never edited once LIVE.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BlockedPhrase",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("phrase", fields.CharField(max_length=200)),
                ("effect", fields.CharField(max_length=5)),
                ("owner", fields.CharField(max_length=200)),
                ("valid_from_on", fields.DateField()),
                ("valid_to_on", fields.DateField(null=True)),
            ],
            options={
                "table": "blocked_phrase",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="effect IN ('BLOCK', 'WARN')", name="blocked_phrase_effect_known"
                    )
                ],
                "pk_attr": "id",
                "table_description": "A phrase that no content may carry (BLOCK) or that the checker is shown (WARN).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BreachIncident",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("state", fields.CharField(default="OPEN", max_length=8)),
                ("detected_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("notify_due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("description", fields.TextField(unique=False)),
                ("person_count", fields.IntField(null=True)),
                ("remedy", fields.TextField(null=True, unique=False)),
                (
                    "notified_subjects_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "notified_agency_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "breach_incident",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="state IN ('OPEN', 'NOTIFIED', 'CLOSED')",
                        name="breach_incident_state_known",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A failure of data protection and the written notices that it demands within 72 hours.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChargedResource",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("day_on", fields.DateField()),
                ("kind", fields.CharField(max_length=8)),
                ("resource", fields.BinaryField()),
            ],
            options={
                "table": "charged_resource",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("platform", "day_on", "kind", "resource"),
                        name="charged_resource_once",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A thing that a network charged for today, by a shortened hash; gone the day after.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Click",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("link_id", fields.UUIDField()),
                ("visitor", fields.BinaryField()),
                ("bucket_on", fields.DateField()),
                ("clicked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("click_class", fields.CharField(max_length=7)),
                ("filtered_reason", fields.CharField(null=True, max_length=40)),
                ("filter_version", fields.IntField()),
                ("is_counted", fields.BooleanField(default=False, db_default=False)),
            ],
            options={
                "table": "click",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "link_id", "visitor", "bucket_on"),
                        name="click_counted_once",
                        condition="is_counted",
                    ),
                    CheckConstraint(
                        check="click_class IN ('HUMAN', 'SUSPECT', 'BOT')",
                        name="click_click_class_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A visit of a tracked link with its class and reason.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContactAddress",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("sealed", fields.BinaryField()),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact_address",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("asn_id",), name="contact_address_once")],
                "pk_attr": "id",
                "table_description": "The sealed e-mail address of a civil servant, used for invitations alone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CosharePair",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "other_asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="other_asn_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="coshare_pair_others",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("window_seconds", fields.IntField()),
                ("close_count", fields.IntField()),
                ("common_count", fields.IntField()),
                ("expected_count", fields.FloatField()),
                ("chance", fields.FloatField()),
                ("tested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "coshare_pair",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "other_asn_id", "window_seconds"),
                        name="coshare_pair_once",
                    ),
                    CheckConstraint(check="asn_id < other_asn_id", name="coshare_pair_ordered"),
                    CheckConstraint(
                        check="chance BETWEEN 0 AND 1.000001", name="coshare_pair_chance"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Two holders who met on enough posts to be tested in one window, and how unlikely that is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DataSubjectRequest",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("state", fields.CharField(default="RECEIVED", max_length=12)),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("handled_by", fields.CharField(null=True, max_length=200)),
                ("legal_ground", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "data_subject_request",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('ACCESS', 'CORRECTION', 'RESTRICTION', 'ERASURE')",
                        name="data_subject_request_kind_known",
                    ),
                    CheckConstraint(
                        check="state IN ('RECEIVED', 'IN_PROGRESS', 'COMPLETED', 'REFUSED')",
                        name="data_subject_request_state_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A request for access, correction, restriction or erasure, due 72 hours after receipt.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("message_id", fields.UUIDField(unique=True)),
                ("job", fields.CharField(max_length=40)),
                ("args", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("key", fields.CharField(max_length=200)),
                ("error_class", fields.CharField(max_length=80)),
                ("error_code", fields.CharField(max_length=60)),
                ("place", fields.CharField(max_length=200)),
                ("redacted_body", fields.TextField(null=True, unique=False)),
                ("attempts", fields.IntField()),
                ("first_failed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_failed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "replayed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("replayed_by", fields.CharField(null=True, max_length=200)),
            ],
            options={
                "table": "dead_letter",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Work that cannot succeed as it is, explained without exception text, ready for a replay.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Decay",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("formula", fields.CharField(max_length=20)),
                ("age_days", fields.IntField()),
                ("weight_ppm", fields.IntField()),
            ],
            options={
                "table": "decay",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("formula", "age_days"), name="decay_age")],
                "pk_attr": "id",
                "table_description": "The weight of a share's age in civil days, in parts per million.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EligibilityPolicy",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("code", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("state", fields.CharField(default="DRAFT", max_length=8)),
                ("document", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("effective_from_on", fields.DateField(null=True)),
                ("effective_to_on", fields.DateField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "eligibility_policy",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("code", "version"), name="eligibility_policy_version"),
                    CheckConstraint(
                        check="state IN ('DRAFT', 'ACTIVE', 'RETIRED')",
                        name="eligibility_policy_state_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A rule for who may hold a badge, as data; rows are never edited once active.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EligibilityAssessment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "policy",
                    fields.ForeignKeyField(
                        "models.EligibilityPolicy",
                        source_field="policy_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("outcome", fields.CharField(max_length=12)),
                ("reasons", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("inputs_hash", fields.CharField(max_length=64)),
                ("assessed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "eligibility_assessment",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="outcome IN ('ELIGIBLE', 'NOT_ELIGIBLE', 'UNKNOWN')",
                        name="eligibility_assessment_outcome_known",
                    )
                ],
                "indexes": [Index(fields=["asn_id", "assessed_at"])],
                "pk_attr": "id",
                "table_description": "What a policy said about a person at one time, with a reason for each requirement.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EmployeeNumber",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=4)),
                ("sealed", fields.BinaryField()),
                ("blind_index", fields.BinaryField()),
                ("last3", fields.CharField(max_length=3)),
                ("valid_from_on", fields.DateField()),
                ("valid_to_on", fields.DateField(null=True)),
                ("warnings", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "employee_number",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id",),
                        name="employee_number_current",
                        condition="valid_to_on IS NULL",
                    ),
                    CheckConstraint(
                        check="kind IN ('PNS', 'PPPK')", name="employee_number_kind_known"
                    ),
                    CheckConstraint(
                        check="octet_length(sealed) = 47", name="employee_number_is_sealed"
                    ),
                    CheckConstraint(
                        check="octet_length(blind_index) = 16", name="employee_number_index_length"
                    ),
                    CheckConstraint(
                        check="last3 ~ '^[0-9]{3}$'", name="employee_number_last3_digits"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A dated employee number.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EmployeeNumberKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("blind_index", fields.BinaryField()),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "employee_number_key",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("blind_index",), name="employee_number_key_unique")
                ],
                "indexes": [Index(fields=["asn_id"])],
                "pk_attr": "id",
                "table_description": "Which person an employee number, current or past, belongs to; holds the global uniqueness.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ErasureTombstone",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("key_hash", fields.BinaryField()),
                ("erased_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "erasure_tombstone",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("key_hash",), name="erasure_tombstone_unique")
                ],
                "pk_attr": "id",
                "table_description": "The keyed hash of an erased number or account, so that no import brings the person back.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("kind", fields.CharField(max_length=24)),
                ("format", fields.CharField(max_length=5)),
                ("request", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("request_sha256", fields.CharField(max_length=64)),
                ("requested_by", fields.CharField(max_length=200)),
                ("status", fields.CharField(default="REQUESTED", max_length=9)),
                ("row_count", fields.IntField(null=True)),
                ("sha256", fields.CharField(null=True, max_length=64)),
                ("content", fields.BinaryField(null=True)),
                ("error_code", fields.CharField(null=True, max_length=60)),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("ready_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "export",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("requested_by", "kind", "format", "request_sha256"),
                        name="export_unfinished",
                        condition="status IN ('REQUESTED', 'RUNNING')",
                    ),
                    CheckConstraint(
                        check="format IN ('CSV', 'XLSX', 'JSONL', 'ICS')",
                        name="export_format_known",
                    ),
                    CheckConstraint(
                        check="status IN ('REQUESTED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')",
                        name="export_status_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A file made by a job for one requester, gone 24 hours after it is ready.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HolderDay",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("baseline_id", fields.UUIDField()),
                ("platform", fields.CharField(max_length=12)),
                ("day_on", fields.DateField()),
                ("counted_count", fields.IntField(default=0)),
                ("gain_micro", fields.BigIntField(default=0)),
                ("pending_count", fields.IntField(default=0)),
                ("held_count", fields.IntField(default=0)),
                ("held_micro", fields.BigIntField(default=0)),
                ("resharer_count", fields.IntField(default=0, db_default=0)),
            ],
            options={
                "table": "holder_day",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "baseline_id", "platform", "day_on"),
                        name="holder_day_bucket",
                    )
                ],
                "pk_attr": "id",
                "table_description": "The sums of a holder's gains on one platform and civil day. Grows with shares.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HolderPrior",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("baseline_id", fields.UUIDField()),
                ("platform", fields.CharField(max_length=12)),
                ("prior_micro", fields.BigIntField()),
                ("audience_observation_id", fields.UUIDField(null=True)),
            ],
            options={
                "table": "holder_prior",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "baseline_id", "platform"), name="holder_prior_once"
                    )
                ],
                "pk_attr": "id",
                "table_description": "The gain expected of a holder on a platform before any share is seen. Grows with shares.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("actor", fields.CharField(max_length=200)),
                ("mutation", fields.CharField(max_length=60)),
                ("key", fields.CharField(max_length=64)),
                ("input_sha256", fields.CharField(max_length=64)),
                ("result_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "idempotency_record",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("actor", "mutation", "key"), name="idempotency_record_once"
                    )
                ],
                "pk_attr": "id",
                "table_description": "What a mutation with an idempotency key answered, kept for seven days.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkCode",
            fields=[
                (
                    "code",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=24),
                ),
                ("asn_id", fields.UUIDField()),
                ("link_id", fields.UUIDField()),
            ],
            options={
                "table": "link_code",
                "app": "models",
                "pk_attr": "code",
                "table_description": "Which person a link code belongs to; holds the global uniqueness of codes.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MetricObservation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("metric", fields.CharField(max_length=12)),
                ("value", fields.BigIntField(null=True)),
                ("source", fields.CharField(max_length=24)),
                ("observed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ingest_seq", fields.BigIntField()),
            ],
            options={
                "table": "metric_observation",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id", "metric", "source", "observed_at"),
                        name="metric_observation_once",
                    ),
                    CheckConstraint(
                        check="metric IN ('RESHARERS', 'CLICKS', 'CONVERSATION', 'LIKES')",
                        name="metric_observation_metric_known",
                    ),
                    CheckConstraint(check="value >= 0", name="metric_observation_value_positive"),
                ],
                "pk_attr": "id",
                "table_description": "A figure about a share as one source gave it at one time; null is unknown, append-only.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("job", fields.CharField(max_length=40)),
                ("args", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("body", fields.BinaryField(null=True)),
                ("key", fields.CharField(max_length=200)),
                ("state", fields.CharField(default="PENDING", max_length=9)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("failures", fields.IntField(default=0)),
                (
                    "first_failed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "lease_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "finished_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("error_code", fields.CharField(null=True, max_length=60)),
                ("request_id", fields.CharField(null=True, max_length=64)),
                ("traceparent", fields.CharField(null=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "outbox_message",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("key",),
                        name="outbox_message_waiting",
                        condition="state IN ('PENDING', 'SENT')",
                    ),
                    CheckConstraint(
                        check="state IN ('PENDING', 'SENT', 'RUNNING', 'DONE', 'DEAD', 'CANCELLED')",
                        name="outbox_message_state_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "One unit of background work, written in the transaction that made it necessary.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlatformBudget",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("month_on", fields.DateField()),
                ("cap_micro_usd", fields.BigIntField()),
                ("spent_micro_usd", fields.BigIntField(default=0)),
            ],
            options={
                "table": "platform_budget",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("platform", "month_on"), name="platform_budget_month"),
                    CheckConstraint(
                        check="cap_micro_usd >= 0", name="platform_budget_cap_positive"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What a network may cost in a month and what it has cost so far.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlatformCharge",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("endpoint", fields.CharField(max_length=60)),
                ("unit_count", fields.IntField()),
                ("unit_price_micro_usd", fields.BigIntField()),
                ("total_micro_usd", fields.BigIntField()),
                ("is_estimate", fields.BooleanField()),
                ("charged_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "platform_charge",
                "app": "models",
                "indexes": [Index(fields=["platform", "charged_at"])],
                "pk_attr": "id",
                "table_description": "What one call to a paid network cost, or is estimated to cost.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlatformState",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("is_enabled", fields.BooleanField(default=True)),
                (
                    "last_success_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "last_error_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("last_error_code", fields.CharField(null=True, max_length=60)),
                (
                    "paused_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "platform_state",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("platform",), name="platform_state_once")],
                "pk_attr": "id",
                "table_description": "How the workers fare with a network: what its platformHealth tells.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Province",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("name", fields.CharField(unique=True, max_length=80)),
                ("kemendagri_code", fields.CharField(unique=True, max_length=2)),
                ("kemendagri_valid_from_on", fields.DateField(null=True)),
                ("kemendagri_valid_to_on", fields.DateField(null=True)),
                ("bps_code", fields.CharField(unique=True, max_length=2)),
                ("bps_valid_from_on", fields.DateField(null=True)),
                ("bps_valid_to_on", fields.DateField(null=True)),
            ],
            options={
                "table": "province",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A province.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("code", fields.CharField(max_length=40)),
                ("kind", fields.CharField(max_length=24)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="units",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "province",
                    fields.ForeignKeyField(
                        "models.Province",
                        source_field="province_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("valid_from_on", fields.DateField()),
                ("valid_to_on", fields.DateField(null=True)),
            ],
            options={
                "table": "agency",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("code",),
                        name="agency_code_current",
                        condition="valid_to_on IS NULL",
                    ),
                    CheckConstraint(
                        check="kind IN ('MINISTRY', 'INSTITUTION', 'PROVINCE_GOVERNMENT', 'REGENCY_GOVERNMENT', 'CITY_GOVERNMENT', 'UNIT')",
                        name="agency_kind_known",
                    ),
                    CheckConstraint(
                        check="valid_to_on > valid_from_on", name="agency_dates_ordered"
                    ),
                ],
                "indexes": [Index(fields=["parent_id"])],
                "pk_attr": "id",
                "table_description": "An agency or work unit; its names are dated rows of agency_name.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AgencyName",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "agency",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="agency_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("valid_from_on", fields.DateField()),
                ("valid_to_on", fields.DateField(null=True)),
            ],
            options={
                "table": "agency_name",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("agency_id",),
                        name="agency_name_current",
                        condition="valid_to_on IS NULL",
                    ),
                    CheckConstraint(
                        check="valid_to_on > valid_from_on", name="agency_name_dates_ordered"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "The name of an agency during a period; old figures keep the name of their time.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("name", fields.CharField(max_length=120)),
                ("secret_sha256", fields.BinaryField()),
                ("role", fields.CharField(max_length=20)),
                (
                    "agency",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="agency_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scopes", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("created_by", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "last_used_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "api_key",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="role IN ('ADMIN', 'CAMPAIGN_MANAGER', 'EVENT_ORGANISER', 'AUDITOR', 'ASN')",
                        name="api_key_role_known",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A machine's key: only the hash of the secret is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "agency",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="agency_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "province",
                    fields.ForeignKeyField(
                        "models.Province",
                        source_field="province_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("is_primary", fields.BooleanField(default=True)),
                ("from_on", fields.DateField()),
                ("to_on", fields.DateField(null=True)),
                ("source", fields.CharField(max_length=40)),
            ],
            options={
                "table": "assignment",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="to_on > from_on", name="assignment_dates_ordered")
                ],
                "indexes": [Index(fields=["agency_id", "asn_id"]), Index(fields=["asn_id"])],
                "pk_attr": "id",
                "table_description": "A posting of a civil servant to an agency during a period.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("title", fields.CharField(max_length=200)),
                (
                    "agency",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="agency_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "province",
                    fields.ForeignKeyField(
                        "models.Province",
                        source_field="province_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("venue", fields.CharField(null=True, max_length=200)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("capacity", fields.IntField()),
                ("status", fields.CharField(default="DRAFT", max_length=9)),
                ("created_by", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "event",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="status IN ('DRAFT', 'PUBLISHED', 'HELD', 'CANCELLED')",
                        name="event_status_known",
                    ),
                    CheckConstraint(check="capacity > 0", name="event_capacity_positive"),
                    CheckConstraint(check="ends_at > starts_at", name="event_dates_ordered"),
                ],
                "indexes": [Index(fields=["starts_at", "id"]), Index(fields=["agency_id"])],
                "pk_attr": "id",
                "table_description": "An occasion to which holders are invited.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Program",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("slug", fields.CharField(unique=True, max_length=80)),
                ("name", fields.CharField(max_length=200)),
                ("summary", fields.TextField(null=True, unique=False)),
                ("source_url", fields.CharField(max_length=500)),
                (
                    "agency",
                    fields.ForeignKeyField(
                        "models.Agency",
                        source_field="agency_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_by", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "program",
                "app": "models",
                "indexes": [Index(fields=["agency_id"])],
                "pk_attr": "id",
                "table_description": "A government programme that campaigns inform about.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("title", fields.CharField(max_length=200)),
                ("brief", fields.TextField(null=True, unique=False)),
                ("status", fields.CharField(default="DRAFT", max_length=9)),
                ("version", fields.IntField(default=1)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("disclosure_label", fields.CharField(max_length=120)),
                ("goal_share_count", fields.IntField(null=True)),
                ("audience", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("created_by", fields.CharField(max_length=200)),
                ("last_edited_by", fields.CharField(max_length=200)),
                ("is_free_of_candidates_and_parties", fields.BooleanField(null=True)),
                ("fact_checked_by", fields.CharField(null=True, max_length=200)),
                ("approved_by", fields.CharField(null=True, max_length=200)),
                (
                    "approved_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("approved_sha256", fields.CharField(null=True, max_length=64)),
                (
                    "launched_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "campaign",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'ACTIVE', 'PAUSED', 'CLOSED', 'CANCELLED')",
                        name="campaign_status_known",
                    ),
                    CheckConstraint(check="ends_at > starts_at", name="campaign_dates_ordered"),
                    CheckConstraint(check="goal_share_count > 0", name="campaign_goal_positive"),
                    CheckConstraint(
                        check="approved_by IS NULL OR approved_by NOT IN (created_by, last_edited_by)",
                        name="campaign_maker_is_not_checker",
                    ),
                    CheckConstraint(
                        check="status NOT IN ('APPROVED', 'ACTIVE', 'PAUSED') OR approved_by IS NOT NULL",
                        name="campaign_live_is_approved",
                    ),
                ],
                "indexes": [Index(fields=["program_id"]), Index(fields=["starts_at", "id"])],
                "pk_attr": "id",
                "table_description": "An information campaign.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CampaignReview",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "campaign",
                    fields.ForeignKeyField(
                        "models.Campaign",
                        source_field="campaign_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("reviewer", fields.CharField(max_length=200)),
                ("is_approved", fields.BooleanField()),
                ("note", fields.TextField(null=True, unique=False)),
                ("content_sha256", fields.CharField(max_length=64)),
                ("reviewed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "campaign_review",
                "app": "models",
                "indexes": [Index(fields=["campaign_id"])],
                "pk_attr": "id",
                "table_description": "One decision of a checker about one version of a campaign's content; append-only.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProgramPost",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "campaign",
                    fields.ForeignKeyField(
                        "models.Campaign",
                        source_field="campaign_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("official_post_ref", fields.CharField(max_length=200)),
                ("url", fields.CharField(max_length=500)),
                ("title", fields.CharField(max_length=200)),
                ("text", fields.TextField(null=True, unique=False)),
                ("facts", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("source_url", fields.CharField(max_length=500)),
                ("fact_checked_by", fields.CharField(null=True, max_length=200)),
                (
                    "fact_checked_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("disclosure_text", fields.CharField(max_length=120)),
                ("hashtags", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.CharField(default="DRAFT", max_length=9)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "program_post",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("platform", "official_post_ref"), name="program_post_ref"
                    ),
                    CheckConstraint(
                        check="platform IN ('X', 'INSTAGRAM', 'FACEBOOK', 'BLUESKY', 'MASTODON')",
                        name="program_post_platform_known",
                    ),
                    CheckConstraint(
                        check="state IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'PUBLISHED', 'EXPIRED', 'CORRECTED', 'WITHDRAWN')",
                        name="program_post_state_known",
                    ),
                ],
                "indexes": [Index(fields=["campaign_id", "published_at", "id"])],
                "pk_attr": "id",
                "table_description": "An official post on one network that badge holders may share.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "post",
                    fields.ForeignKeyField(
                        "models.ProgramPost",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("old_fact", fields.TextField(unique=False)),
                ("new_fact", fields.TextField(unique=False)),
                ("created_by", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "correction",
                "app": "models",
                "indexes": [Index(fields=["post_id"])],
                "pk_attr": "id",
                "table_description": "A published correction of a post: the old fact, the new fact, who said so.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CorrectionNotice",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "correction",
                    fields.ForeignKeyField(
                        "models.Correction",
                        source_field="correction_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("notified_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "acknowledged_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "correction_notice",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("correction_id", "asn_id"), name="correction_notice_once"
                    )
                ],
                "indexes": [Index(fields=["asn_id", "notified_at"])],
                "pk_attr": "id",
                "table_description": "One person who had shared a post was told that it was corrected.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PostVariant",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "post",
                    fields.ForeignKeyField(
                        "models.ProgramPost",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("locale", fields.CharField(max_length=12)),
                ("text", fields.TextField(unique=False)),
            ],
            options={
                "table": "post_variant",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("post_id", "position"), name="post_variant_position")
                ],
                "pk_attr": "id",
                "table_description": "A suggested wording; holders use their own words.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="QuietPeriod",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "province",
                    fields.ForeignKeyField(
                        "models.Province",
                        source_field="province_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("from_on", fields.DateField()),
                ("to_on", fields.DateField()),
                ("legal_ground", fields.TextField(unique=False)),
            ],
            options={
                "table": "quiet_period",
                "app": "models",
                "constraints": [
                    CheckConstraint(check="to_on > from_on", name="quiet_period_dates_ordered")
                ],
                "pk_attr": "id",
                "table_description": "Days on which nothing is launched in a region, with the legal ground.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="QuotaRule",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("dimension", fields.CharField(max_length=8)),
                ("key_id", fields.UUIDField(null=True)),
                ("minimum", fields.IntField(null=True)),
                ("maximum", fields.IntField(null=True)),
                ("maximum_percent", fields.IntField(null=True)),
            ],
            options={
                "table": "quota_rule",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("event_id", "dimension", "key_id"), name="quota_rule_once"
                    ),
                    CheckConstraint(
                        check="dimension IN ('AGENCY', 'PROVINCE', 'NEWCOMER')",
                        name="quota_rule_dimension_known",
                    ),
                    CheckConstraint(check="minimum >= 0", name="quota_rule_minimum_positive"),
                    CheckConstraint(check="maximum >= 0", name="quota_rule_maximum_positive"),
                ],
                "pk_attr": "id",
                "table_description": "A standing quota of an event; no key means each agency or province.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reshare",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("resharer_key", fields.BinaryField()),
                ("ordinal", fields.IntField()),
                (
                    "reshared_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("observed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ingest_seq", fields.BigIntField()),
                ("missed_sweep_count", fields.IntField(default=0, db_default=0)),
                ("is_withdrawn", fields.BooleanField(default=False)),
                (
                    "withdrawn_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "reshare",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id", "resharer_key"), name="reshare_once"
                    ),
                    CheckConstraint(check="ordinal >= 1", name="reshare_ordinal_positive"),
                ],
                "indexes": [Index(fields=["asn_id", "resharer_key", "ingest_seq"])],
                "pk_attr": "id",
                "table_description": "Somebody passed a holder's share on.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReviewEntry",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("flag_id", fields.UUIDField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=12)),
                ("actor", fields.CharField(max_length=200)),
                ("role", fields.CharField(max_length=20)),
                ("text", fields.TextField(null=True, unique=False)),
                ("ingest_seq", fields.BigIntField()),
            ],
            options={
                "table": "review_entry",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('OPENED', 'STRENGTHENED', 'ANSWERED', 'CLEARED', 'REJECTED', 'RELEASED', 'APPEALED', 'UPHELD', 'DISMISSED')",
                        name="review_entry_kind_known",
                    )
                ],
                "indexes": [Index(fields=["asn_id", "flag_id", "ingest_seq"])],
                "pk_attr": "id",
                "table_description": "One thing that happened to a flag; rows are only added, and a text may be erased.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReviewFlag",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("rule", fields.CharField(max_length=24)),
                ("rule_version", fields.IntField()),
                ("tier", fields.CharField(max_length=8)),
                ("evidence", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.CharField(default="OPEN", max_length=8)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("held_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_by", fields.CharField(null=True, max_length=200)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("ingest_seq", fields.BigIntField()),
            ],
            options={
                "table": "review_flag",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id", "rule"),
                        name="review_flag_open",
                        condition="state = 'OPEN'",
                    ),
                    CheckConstraint(
                        check="tier IN ('HOLD', 'ADVISORY')", name="review_flag_tier_known"
                    ),
                    CheckConstraint(
                        check="state IN ('OPEN', 'CLEARED', 'REJECTED', 'RELEASED')",
                        name="review_flag_state_known",
                    ),
                    CheckConstraint(
                        check="(tier = 'HOLD') = (held_at IS NOT NULL)",
                        name="review_flag_hold_has_a_start",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A doubt about a share with its evidence.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReviewProgress",
            fields=[
                (
                    "id",
                    fields.SmallIntField(
                        generated=False, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("watermark", fields.BigIntField()),
                ("checked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("family_count", fields.BigIntField(null=True)),
                (
                    "family_counted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("family_watermark", fields.BigIntField(null=True)),
            ],
            options={
                "table": "review_progress",
                "app": "models",
                "pk_attr": "id",
                "table_description": "How far the search for doubts got, one row, and the size of the family when last counted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScoreRun",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("model", fields.CharField(max_length=20)),
                ("parameters", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("parameters_sha256", fields.CharField(max_length=64)),
                (
                    "baseline",
                    fields.ForeignKeyField(
                        "models.Baseline",
                        source_field="baseline_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("as_of", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("watermark", fields.BigIntField()),
                ("time_zone", fields.CharField(max_length=40)),
                ("code_version", fields.CharField(max_length=40)),
                ("scope", fields.CharField(max_length=12)),
                ("share_count", fields.IntField()),
                ("holder_count", fields.IntField()),
                ("rows_sha256", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "score_run",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="scope IN ('LIVE', 'PUBLISHED')", name="score_run_scope_known"
                    )
                ],
                "indexes": [Index(fields=["scope", "as_of", "id"])],
                "pk_attr": "id",
                "table_description": "One immutable computation of all scores.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InviteList",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "score_run",
                    fields.ForeignKeyField(
                        "models.ScoreRun",
                        source_field="score_run_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("status", fields.CharField(default="DRAFT", max_length=9)),
                ("seat_count", fields.IntField()),
                ("seed", fields.CharField(max_length=64)),
                ("rules", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("solver", fields.CharField(max_length=40)),
                ("outcome", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("sha256", fields.CharField(max_length=64)),
                ("created_by", fields.CharField(max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("frozen_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("frozen_by", fields.CharField(null=True, max_length=200)),
            ],
            options={
                "table": "invite_list",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="status IN ('DRAFT', 'FROZEN', 'SENT', 'CLOSED', 'DISCARDED')",
                        name="invite_list_status_known",
                    ),
                    UniqueConstraint(
                        fields=("event_id",),
                        name="invite_list_standing",
                        condition="status IN ('FROZEN', 'SENT')",
                    ),
                    CheckConstraint(
                        check="(status = 'DRAFT' OR status = 'DISCARDED') = (frozen_at IS NULL)",
                        name="invite_list_frozen_at",
                    ),
                ],
                "indexes": [Index(fields=["event_id", "created_at"])],
                "pk_attr": "id",
                "table_description": "A selection for an event: run, rules, seed and hash; once frozen it never changes.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "invite_list",
                    fields.ForeignKeyField(
                        "models.InviteList",
                        source_field="invite_list_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                ("status", fields.CharField(default="PROPOSED", max_length=10)),
                ("reasons", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("answer_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("invited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "answered_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "checked_in_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("ticket_nonce", fields.BinaryField(null=True)),
                ("version", fields.IntField(default=1)),
            ],
            options={
                "table": "invitation",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("event_id", "asn_id"), name="invitation_once"),
                    CheckConstraint(
                        check="status IN ('PROPOSED', 'WAITLISTED', 'INVITED', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN', 'CHECKED_IN', 'NO_SHOW')",
                        name="invitation_status_known",
                    ),
                ],
                "indexes": [Index(fields=["asn_id", "invited_at"])],
                "pk_attr": "id",
                "table_description": "The invitation of one person to one event.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvitationMail",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "invitation",
                    fields.ForeignKeyField(
                        "models.Invitation",
                        source_field="invitation_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                ("version", fields.IntField()),
                ("state", fields.CharField(max_length=10)),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invitation_mail",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("invitation_id", "kind", "version"), name="invitation_mail_once"
                    ),
                    CheckConstraint(
                        check="kind IN ('INVITATION', 'TICKET', 'WITHDRAWAL')",
                        name="invitation_mail_kind_known",
                    ),
                    CheckConstraint(
                        check="state IN ('SENDING', 'SENT', 'REFUSED', 'NO_ADDRESS', 'NO_CONSENT', 'OUTDATED')",
                        name="invitation_mail_state_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A mail about an invitation, written before the mail server is called.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InviteListEntry",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "invite_list",
                    fields.ForeignKeyField(
                        "models.InviteList",
                        source_field="invite_list_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                ("seat", fields.IntField(null=True)),
                ("decision", fields.CharField(max_length=12)),
                ("rank", fields.IntField()),
                ("waiting_position", fields.IntField(null=True)),
                ("score", fields.DecimalField(max_digits=40, decimal_places=0)),
                ("facts", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("reasons", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "invite_list_entry",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("invite_list_id", "asn_id"), name="invite_list_entry_once"
                    ),
                    UniqueConstraint(
                        fields=("invite_list_id", "position"), name="invite_list_entry_position"
                    ),
                    CheckConstraint(
                        check="decision IN ('ADMITTED', 'WAITLISTED', 'NOT_ELIGIBLE', 'COOLING_DOWN', 'QUOTA_FULL', 'REMOVED')",
                        name="invite_list_entry_decision_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "One candidate of a list with decision and reasons.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InviteListOverride",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "invite_list",
                    fields.ForeignKeyField(
                        "models.InviteList",
                        source_field="invite_list_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("action", fields.CharField(max_length=6)),
                ("reason", fields.CharField(max_length=500)),
                ("breaks", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("asked_by", fields.CharField(max_length=200)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confirmed_by", fields.CharField(null=True, max_length=200)),
                (
                    "confirmed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("before_sha256", fields.CharField(max_length=64)),
                ("after_sha256", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "invite_list_override",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("invite_list_id", "asn_id"), name="invite_list_override_once"
                    ),
                    CheckConstraint(
                        check="action IN ('ADMIT', 'REMOVE')",
                        name="invite_list_override_action_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A person put on a list, or taken off it, by hand, with a reason.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RankUncertainty",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "score_run",
                    fields.ForeignKeyField(
                        "models.ScoreRun",
                        source_field="score_run_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("seed_id", fields.UUIDField()),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("capacity", fields.IntField()),
                ("top_count", fields.IntField()),
                ("rank_low", fields.IntField()),
                ("rank_high", fields.IntField()),
            ],
            options={
                "table": "rank_uncertainty",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("score_run_id", "seed_id", "asn_id"), name="rank_uncertainty_once"
                    ),
                    CheckConstraint(
                        check="top_count BETWEEN 0 AND 1000", name="rank_uncertainty_draws"
                    ),
                    CheckConstraint(
                        check="rank_low BETWEEN 1 AND rank_high", name="rank_uncertainty_ordered"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "How sure the rank of one holder in one run is, by a bootstrap of the counted shares.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Ranking",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "score_run",
                    fields.ForeignKeyField(
                        "models.ScoreRun",
                        source_field="score_run_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("score", fields.DecimalField(max_digits=40, decimal_places=0)),
                ("quality_micro", fields.BigIntField()),
                ("share_count", fields.IntField()),
                ("resharer_count", fields.IntField()),
                ("pending_count", fields.IntField(default=0)),
                ("breakdown", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "ranking",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("score_run_id", "asn_id"), name="ranking_once")
                ],
                "indexes": [Index(fields=["asn_id", "score_run_id"])],
                "pk_attr": "id",
                "table_description": "The score of one holder in one run. The place follows from the order; it is not stored.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScoringModel",
            fields=[
                (
                    "version",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20),
                ),
                ("formula", fields.TextField(unique=False)),
                ("parameters", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("parameters_sha256", fields.CharField(max_length=64)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "scoring_model",
                "app": "models",
                "pk_attr": "version",
                "table_description": "A published scoring model: its parameters and their hash.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ShareEvidence",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("mechanism", fields.CharField(max_length=24)),
                ("level", fields.CharField(max_length=14)),
                ("reference", fields.CharField(max_length=300)),
                ("observed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "withdrawn_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "share_evidence",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id", "mechanism"), name="share_evidence_once"
                    ),
                    CheckConstraint(
                        check="level IN ('DECLARED', 'LINK_OBSERVED', 'PROOF_REVIEWED', 'API_CONFIRMED')",
                        name="share_evidence_level_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "One proof of a share: which mechanism saw it, when, and by which reference.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ShareGain",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("baseline_id", fields.UUIDField()),
                ("platform", fields.CharField(max_length=12)),
                ("campaign_id", fields.UUIDField()),
                ("day_on", fields.DateField()),
                ("post_slot", fields.IntField()),
                ("state", fields.CharField(max_length=16)),
                ("reason", fields.CharField(null=True, max_length=24)),
                ("counted_count", fields.SmallIntField(default=0, db_default=0)),
                ("gain_micro", fields.BigIntField()),
                ("pending_count", fields.SmallIntField(default=0, db_default=0)),
                ("held_count", fields.SmallIntField(default=0, db_default=0)),
                ("held_micro", fields.BigIntField(default=0, db_default=0)),
                ("resharer_count", fields.IntField(default=0, db_default=0)),
                ("inputs", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "share_gain",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id", "baseline_id"), name="share_gain_once"
                    ),
                    CheckConstraint(
                        check="platform IN ('X', 'INSTAGRAM', 'FACEBOOK', 'BLUESKY', 'MASTODON')",
                        name="share_gain_platform_known",
                    ),
                    CheckConstraint(
                        check="state IN ('COUNTED', 'PENDING', 'PARTIAL', 'UNMEASURED', 'OVER_CAP', 'EVIDENCE_TOO_LOW', 'UNDER_REVIEW', 'REJECTED', 'REMOVED')",
                        name="share_gain_state_known",
                    ),
                ],
                "indexes": [Index(fields=["campaign_id", "asn_id"])],
                "pk_attr": "id",
                "table_description": "What one share adds under one baseline, and why. Grows with shares.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ShareProof",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("given_url", fields.CharField(max_length=2048)),
                (
                    "declared_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("state", fields.CharField(default="CHECKING", max_length=8)),
                ("outcome_code", fields.CharField(null=True, max_length=40)),
                ("submitted_by", fields.CharField(max_length=200)),
                ("submitted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("checked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reviewed_by", fields.CharField(null=True, max_length=200)),
                (
                    "reviewed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("reason", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "share_proof",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id"),
                        name="share_proof_open",
                        condition="state IN ('CHECKING', 'WAITING')",
                    ),
                    CheckConstraint(
                        check="state IN ('CHECKING', 'WAITING', 'ACCEPTED', 'REFUSED')",
                        name="share_proof_state_known",
                    ),
                    CheckConstraint(
                        check="reviewed_by <> submitted_by", name="share_proof_reviewer_is_another"
                    ),
                ],
                "indexes": [Index(fields=["state", "submitted_at", "id"])],
                "pk_attr": "id",
                "table_description": "The address by which a holder proves a share, and what a worker or a reviewer made of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SocialAccount",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("platform_user_id", fields.CharField(null=True, max_length=128)),
                ("handle", fields.CharField(max_length=128)),
                ("url", fields.CharField(max_length=300)),
                ("verification", fields.CharField(default="PENDING", max_length=10)),
                ("connection", fields.CharField(default="NONE", max_length=10)),
                (
                    "ownership_verified_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "last_active_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "last_checked_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "social_account",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "platform", "platform_user_id"),
                        name="social_account_of_asn",
                    ),
                    UniqueConstraint(
                        fields=("asn_id", "platform", "handle"),
                        name="social_account_unresolved",
                        condition="platform_user_id IS NULL AND verification <> 'REMOVED'",
                    ),
                    CheckConstraint(
                        check="platform_user_id IS NOT NULL OR verification NOT IN ('VERIFIED', 'EXPIRED')",
                        name="social_account_proved_is_resolved",
                    ),
                    CheckConstraint(
                        check="platform IN ('X', 'INSTAGRAM', 'FACEBOOK', 'BLUESKY', 'MASTODON')",
                        name="social_account_platform_known",
                    ),
                    CheckConstraint(
                        check="verification IN ('PENDING', 'VERIFIED', 'REJECTED', 'EXPIRED', 'REMOVED')",
                        name="social_account_verification_known",
                    ),
                    CheckConstraint(
                        check="connection IN ('NONE', 'HEALTHY', 'EXPIRED', 'REVOKED')",
                        name="social_account_connection_known",
                    ),
                ],
                "indexes": [Index(fields=["asn_id", "platform"])],
                "pk_attr": "id",
                "table_description": "An account of a civil servant on one network.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccountChange",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=6)),
                ("before", fields.CharField(null=True, max_length=128)),
                ("after", fields.CharField(null=True, max_length=128)),
                ("from_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("to_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_change",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id",),
                        name="account_change_open_gap",
                        condition="kind = 'ACCESS' AND to_at IS NULL",
                    ),
                    CheckConstraint(
                        check="kind IN ('HANDLE', 'ACCESS', 'OWNER')",
                        name="account_change_kind_known",
                    ),
                ],
                "indexes": [Index(fields=["account_id", "from_at"])],
                "pk_attr": "id",
                "table_description": "A change of handle, a gap in access or a lost proof, so that it can be seen and shown.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccountKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("platform_user_id", fields.CharField(max_length=128)),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "account_key",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("platform", "platform_user_id"), name="account_key_unique"
                    )
                ],
                "pk_attr": "id",
                "table_description": "Which person an account on a network belongs to, while it is not removed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccountToken",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("sealed_access", fields.BinaryField()),
                ("sealed_refresh", fields.BinaryField(null=True)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("is_revoke_only", fields.BooleanField(default=False)),
                ("delete_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_token",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id",),
                        name="account_token_usable",
                        condition="NOT is_revoke_only",
                    ),
                    CheckConstraint(
                        check="is_revoke_only = (delete_by IS NOT NULL)",
                        name="account_token_has_an_end",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "The sealed access that the owner of an account gave us.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccountVerification",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("method", fields.CharField(max_length=12)),
                ("token", fields.CharField(max_length=64)),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("checked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("is_confirmed", fields.BooleanField(default=False)),
                ("outcome_code", fields.CharField(null=True, max_length=40)),
                ("sealed_verifier", fields.BinaryField(null=True)),
                ("sealed_code", fields.BinaryField(null=True)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_verification",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("token",), name="account_verification_token"),
                    CheckConstraint(
                        check="method IN ('OAUTH', 'CODE_IN_BIO', 'CODE_IN_POST')",
                        name="account_verification_method_known",
                    ),
                ],
                "indexes": [Index(fields=["account_id"])],
                "pk_attr": "id",
                "table_description": "One attempt to prove ownership of an account by login or by a code in bio or post.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AudienceObservation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=9)),
                ("count", fields.BigIntField()),
                ("source", fields.CharField(max_length=10)),
                ("observed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "audience_observation",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "account_id", "kind", "source", "observed_at"),
                        name="audience_observation_once",
                    ),
                    CheckConstraint(
                        check="kind IN ('FOLLOWERS', 'FRIENDS')",
                        name="audience_observation_kind_known",
                    ),
                    CheckConstraint(
                        check="source IN ('PUBLIC_API', 'OWNER_API', 'REVIEWED', 'DECLARED')",
                        name="audience_observation_source_known",
                    ),
                    CheckConstraint(check="count >= 0", name="audience_observation_count_positive"),
                ],
                "pk_attr": "id",
                "table_description": "The size of an account's audience as one source saw it at one time.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("purpose", fields.CharField(max_length=20)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("basis", fields.CharField(max_length=40)),
                ("text_version", fields.CharField(max_length=40)),
                ("channel", fields.CharField(max_length=20)),
                ("granted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "withdrawn_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "stop_due_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("stopped_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "consent",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id", "purpose"),
                        name="consent_open_account",
                        condition="withdrawn_at IS NULL AND account_id IS NOT NULL",
                    ),
                    UniqueConstraint(
                        fields=("asn_id", "purpose"),
                        name="consent_open_person",
                        condition="withdrawn_at IS NULL AND account_id IS NULL",
                    ),
                    CheckConstraint(
                        check="purpose IN ('ACCOUNT_TRACKING', 'METRICS', 'PUBLIC_RANKING', 'BADGE_PUBLIC', 'INVITATION_CONTACT')",
                        name="consent_purpose_known",
                    ),
                    CheckConstraint(
                        check="(purpose IN ('ACCOUNT_TRACKING', 'METRICS')) = (account_id IS NOT NULL)",
                        name="consent_account_purposes",
                    ),
                ],
                "indexes": [Index(fields=["asn_id"])],
                "pk_attr": "id",
                "table_description": "An agreement to one purpose, with the text that was shown.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "program_post",
                    fields.ForeignKeyField(
                        "models.ProgramPost",
                        source_field="program_post_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("kind", fields.CharField(max_length=14)),
                ("key", fields.CharField(max_length=300)),
                ("native_id", fields.CharField(null=True, max_length=200)),
                ("url", fields.CharField(null=True, max_length=500)),
                ("shared_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("time_source", fields.CharField(default="PLATFORM", max_length=8)),
                ("post_slot", fields.IntField()),
                ("ingest_seq", fields.BigIntField()),
                (
                    "offered_metrics",
                    fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads),
                ),
                ("evidence_level", fields.CharField(max_length=14)),
                ("review", fields.CharField(default="CLEAR", max_length=12)),
                ("presence", fields.CharField(default="LIVE", max_length=7)),
                ("removed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("missed_sweep_count", fields.IntField(default=0)),
                ("first_observed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "share",
                "app": "models",
                "constraints": [
                    UniqueConstraint(fields=("asn_id", "key"), name="share_key"),
                    CheckConstraint(
                        check="platform IN ('X', 'INSTAGRAM', 'FACEBOOK', 'BLUESKY', 'MASTODON')",
                        name="share_platform_known",
                    ),
                    CheckConstraint(
                        check="kind IN ('REPOST', 'QUOTE', 'LINK_POST', 'MENTION', 'TAG', 'STORY_MENTION', 'REPLY_LINK')",
                        name="share_kind_known",
                    ),
                    CheckConstraint(
                        check="evidence_level IN ('DECLARED', 'LINK_OBSERVED', 'PROOF_REVIEWED', 'API_CONFIRMED')",
                        name="share_evidence_level_known",
                    ),
                    CheckConstraint(
                        check="review IN ('CLEAR', 'UNDER_REVIEW', 'REJECTED')",
                        name="share_review_known",
                    ),
                    CheckConstraint(
                        check="presence IN ('LIVE', 'REMOVED')", name="share_presence_known"
                    ),
                    CheckConstraint(
                        check="time_source IN ('PLATFORM', 'OBSERVED')",
                        name="share_time_source_known",
                    ),
                    CheckConstraint(check="post_slot >= 1", name="share_post_slot_positive"),
                ],
                "indexes": [
                    Index(fields=["program_post_id", "shared_at", "id"]),
                    Index(fields=["asn_id", "shared_at", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "A holder passed a program post on.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SyncCursor",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("list_name", fields.CharField(max_length=24)),
                ("object_ref", fields.CharField(max_length=200)),
                ("cursor", fields.TextField(null=True, unique=False)),
                (
                    "cursor_expires_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "watermark_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("not_before", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "sweep_started_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "sweep_completed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("sweep_count", fields.IntField(default=0)),
                (
                    "seen",
                    fields.JSONField(
                        default=list, db_default="[]", encoder=JSON_DUMPS, decoder=loads
                    ),
                ),
                ("listed_count", fields.IntField(default=0, db_default=0)),
                ("coverage", fields.CharField(default="UNKNOWN", max_length=14)),
                ("error_code", fields.CharField(null=True, max_length=60)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={
                "table": "sync_cursor",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("platform", "list_name", "object_ref"), name="sync_cursor_once"
                    ),
                    CheckConstraint(
                        check="platform IN ('X', 'INSTAGRAM', 'FACEBOOK', 'BLUESKY', 'MASTODON')",
                        name="sync_cursor_platform_known",
                    ),
                    CheckConstraint(
                        check="coverage IN ('COMPLETE', 'CAPPED', 'CONSENTED_ONLY', 'UNKNOWN')",
                        name="sync_cursor_coverage_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "How far a list of a network has been read.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TrackedLink",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "program_post",
                    fields.ForeignKeyField(
                        "models.ProgramPost",
                        source_field="program_post_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=24)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "tracked_link",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "program_post_id", "account_id"), name="tracked_link_once"
                    )
                ],
                "pk_attr": "id",
                "table_description": "The personal link of one holder for one post and account; carries no personal data.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VisitorSalt",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("day_on", fields.DateField(unique=True)),
                ("salt", fields.BinaryField()),
            ],
            options={
                "table": "visitor_salt",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The salt of one day's visitor pseudonyms, destroyed after two days for good.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("host", fields.CharField(max_length=120)),
                ("pid", fields.IntField()),
                ("version", fields.CharField(max_length=40)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "worker_heartbeat",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A worker process that is alive, or was a short time ago.",
            },
            bases=["Model"],
        ),
    ]
