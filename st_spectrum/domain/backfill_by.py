"""By what the waves of a first load are parted."""

from enum import StrEnum


class By(StrEnum):
    """One flow, one office after the other, or whole customers."""

    FLOW = "flow"
    OFFICE = "office"
    CUSTOMER = "customer"
