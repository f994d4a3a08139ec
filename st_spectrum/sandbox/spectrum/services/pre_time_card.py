"""PreTimeCard: one employee's hours on one day, for the payroll clerk to approve [SP 13.1]."""

from st_spectrum.sandbox.spectrum.call import Write
from st_spectrum.sandbox.spectrum.services.time_rules import check, store

HANDLER = Write(check, store)
