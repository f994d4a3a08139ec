"""What differs between installations, or is not documented: set per sandbox, changed while it
runs.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SuccessShape = Literal["empty_array", "empty_data", "g_row", "s_row"]
BlankStyle = Literal["mixed", "empty", "space"]
RefusalShape = Literal["per_record", "rows"]
AuthMode = Literal["basic", "bearer", "off"]


DAY_OR_BLANK = r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$"


class Switches(BaseModel):
    """One installation's choices. Assigning an unknown name or a value that does not fit raises
    ValueError.
    """

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    success_shape: SuccessShape = "empty_array"
    """How a stored record is acknowledged; nobody documents it, so a client must take all four
    [SP 4.4].
    """

    refusal_shape: RefusalShape = "per_record"
    """How REST says no; nobody documents it [SP 4.7]. `rows`: the documented words alone, elsewhere
    and in another case.
    """

    auth_mode: AuthMode = "basic"
    """`bearer` is enhanced authentication: a token besides the Authorization ID [SP 1.5]. `off`
    takes any Authorization ID.
    """

    token_seconds: float = 3600
    """Lifetime of a token. The vendor states none, only that `expires_in` tells [SP 1.5]; the
    number is assumed.
    """

    uses_cost_centers: bool = True
    """Whether the company uses cost centers at all [SP 9, field 40]."""

    validates_project_manager: bool = False
    """Whether project manager, superintendent and estimator must be employee codes
    [SP 10, fields 15 to 17].
    """

    job_tax_is_class: bool = True
    """Whether a job's Tax_Class_Code is a tax class (True) or an AR sales tax code (False)
    [SP 10, field 21].
    """

    blank_style: BlankStyle = "mixed"
    """How Get services write blanks: `<X/>`, `<X></X>` and a single space in one reply, or one
    style [SP 4.5].
    """

    truncate_large: bool = False
    """Whether large Get replies lose the closing tags of the envelope [SP 4.5]."""

    ar_first_day: str = Field(default="", pattern=DAY_OR_BLANK)
    """First day of the AR processing range, such as `2026-01-01`; blank: the one in the AR
    installation [SP 12.1].
    """

    ar_last_day: str = Field(default="", pattern=DAY_OR_BLANK)
    """Last day of the AR processing range; blank: the one in the AR installation."""

    forces_one_gl_period: bool = False
    """Whether GL date and invoice date must lie in one GL period, taken to be a calendar month
    (assumed) [SP 12.1].
    """

    payroll_first_day: str = Field(default="", pattern=DAY_OR_BLANK)
    """First day of the payroll processing range, such as `2026-01-01`; blank: the one in the
    payroll installation [SP 13.1].
    """

    payroll_last_day: str = Field(default="", pattern=DAY_OR_BLANK)
    """Last day of the payroll processing range; blank: the one in the payroll installation."""

    posts_at_once: bool = False
    """Whether an AR invoice is posted in the moment it comes in; off, it waits in the queue of
    unposted ones [SP 12.1].
    """

    numbers_itself: bool = False
    """Whether new customers, sites and jobs get a number of the installation in place of the one
    sent (assumed but for customers) [SP 5].
    """

    has_unique_invoice_numbers: bool = False
    """Whether a number serves one AR document of the company, as the services' pages may be read
    [SP 12.1]; off, one of each customer and type, as installations show it [SP 16.3].
    """
