"""Civil servants, their sealed employee numbers and their dated postings."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.nip import EmploymentKind
from api.models.agency import Agency, Province
from api.models.checks import one_of
from api.models.identity import new_id


class Asn(Model):
    """A civil servant. Identity is the id alone: names, numbers and agencies change."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    full_name = fields.CharField(max_length=200)
    sort_name = fields.CharField(max_length=200)
    is_active = fields.BooleanField(default=True)
    is_pseudonymous = fields.BooleanField(default=False)
    opted_out_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "asn"
        indexes = (("sort_name", "id"),)


class ContactAddress(Model):
    """The sealed e-mail address of a civil servant, used for invitations alone."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    sealed = fields.BinaryField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "contact_address"
        constraints = (UniqueConstraint(fields=("asn_id",), name="contact_address_once"),)


class EmployeeNumber(Model):
    """A dated employee number.

    Sealed value, blind index for exact look-up, last three digits for lists.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=4)
    sealed = fields.BinaryField()
    blind_index = fields.BinaryField()
    last3 = fields.CharField(max_length=3)
    valid_from_on = fields.DateField()
    valid_to_on = fields.DateField(null=True)
    warnings: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "employee_number"
        constraints = (
            UniqueConstraint(
                fields=("asn_id",), name="employee_number_current", condition="valid_to_on IS NULL"
            ),
            one_of("employee_number", "kind", EmploymentKind),
            CheckConstraint(check="octet_length(sealed) = 47", name="employee_number_is_sealed"),
            CheckConstraint(
                check="octet_length(blind_index) = 16", name="employee_number_index_length"
            ),
            CheckConstraint(check="last3 ~ '^[0-9]{3}$'", name="employee_number_last3_digits"),
        )


class EmployeeNumberKey(Model):
    """Which person an employee number, current or past, belongs to; holds the global uniqueness."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    blind_index = fields.BinaryField()
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )

    class Meta:
        table = "employee_number_key"
        indexes = (("asn_id",),)
        constraints = (
            UniqueConstraint(fields=("blind_index",), name="employee_number_key_unique"),
        )


class Assignment(Model):
    """A posting of a civil servant to an agency during a period.

    The province may differ from the agency's.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    agency: fields.ForeignKeyRelation[Agency] = fields.ForeignKeyField(
        "models.Agency", on_delete=fields.RESTRICT
    )
    province: fields.ForeignKeyNullableRelation[Province] = fields.ForeignKeyField(
        "models.Province", null=True, on_delete=fields.RESTRICT
    )
    is_primary = fields.BooleanField(default=True)
    from_on = fields.DateField()
    to_on = fields.DateField(null=True)
    source = fields.CharField(max_length=40)

    class Meta:
        table = "assignment"
        indexes = (("agency_id", "asn_id"), ("asn_id",))
        constraints = (CheckConstraint(check="to_on > from_on", name="assignment_dates_ordered"),)
