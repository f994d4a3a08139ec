"""What the customers flow writes to Spectrum."""

from st_spectrum.domain.commands import InsertWithCode


class AddCustomer(InsertWithCode):
    """An AR customer [SP 8]; its key is the customer code."""

    operation = "AddCustomer"
    taken_field = "Customer_Code"
