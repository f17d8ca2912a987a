"""Agencies, their dated names, and the provinces with both code systems."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.agency import AgencyKind
from api.models.checks import one_of
from api.models.identity import new_id


class Province(Model):
    """A province.

    The Kemendagri and BPS code systems collide, so they are separate columns with own dates.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=80, unique=True)
    kemendagri_code = fields.CharField(max_length=2, unique=True)
    kemendagri_valid_from_on = fields.DateField(null=True)
    kemendagri_valid_to_on = fields.DateField(null=True)
    bps_code = fields.CharField(max_length=2, unique=True)
    bps_valid_from_on = fields.DateField(null=True)
    bps_valid_to_on = fields.DateField(null=True)

    class Meta:
        table = "province"


class Agency(Model):
    """An agency or work unit; its names are dated rows of agency_name."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=24)
    parent: fields.ForeignKeyNullableRelation["Agency"] = fields.ForeignKeyField(
        "models.Agency", null=True, on_delete=fields.RESTRICT, related_name="units"
    )
    province: fields.ForeignKeyNullableRelation[Province] = fields.ForeignKeyField(
        "models.Province", null=True, on_delete=fields.RESTRICT
    )
    valid_from_on = fields.DateField()
    valid_to_on = fields.DateField(null=True)

    class Meta:
        table = "agency"
        indexes = (("parent_id",),)
        constraints = (
            UniqueConstraint(
                fields=("code",), name="agency_code_current", condition="valid_to_on IS NULL"
            ),
            one_of("agency", "kind", AgencyKind),
            CheckConstraint(check="valid_to_on > valid_from_on", name="agency_dates_ordered"),
        )


class AgencyName(Model):
    """The name of an agency during a period; old figures keep the name of their time."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    agency: fields.ForeignKeyRelation[Agency] = fields.ForeignKeyField(
        "models.Agency", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    valid_from_on = fields.DateField()
    valid_to_on = fields.DateField(null=True)

    class Meta:
        table = "agency_name"
        constraints = (
            UniqueConstraint(
                fields=("agency_id",), name="agency_name_current", condition="valid_to_on IS NULL"
            ),
            CheckConstraint(check="valid_to_on > valid_from_on", name="agency_name_dates_ordered"),
        )
