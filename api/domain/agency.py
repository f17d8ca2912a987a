"""What agencies are."""

from enum import StrEnum


class AgencyKind(StrEnum):
    """What an agency is in the state's structure."""

    MINISTRY = "MINISTRY"
    INSTITUTION = "INSTITUTION"
    PROVINCE_GOVERNMENT = "PROVINCE_GOVERNMENT"
    REGENCY_GOVERNMENT = "REGENCY_GOVERNMENT"
    CITY_GOVERNMENT = "CITY_GOVERNMENT"
    UNIT = "UNIT"
