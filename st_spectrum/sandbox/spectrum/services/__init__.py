"""The SOAP services that the sandbox has, one module each. A new one is its module and a line
here.
"""

from st_spectrum.sandbox.spectrum.call import Handler
from st_spectrum.sandbox.spectrum.services import (
    add_ar_invoice,
    add_customer,
    add_job,
    add_phase,
    add_wo_site_address,
    get_customers,
    get_employee,
    get_job,
    get_job_dates,
    get_job_main,
    get_job_udf,
    get_pay_type,
    get_phase,
    get_phase_enhanced,
    pre_time_card,
    update_job,
    update_job_udf,
    ws_test_connection,
)

HANDLERS: dict[str, Handler] = {
    "WSTestConnection": ws_test_connection.HANDLER,
    "AddCustomer": add_customer.HANDLER,
    "AddWOSiteAddress": add_wo_site_address.HANDLER,
    "AddJob": add_job.HANDLER,
    "UpdateJob": update_job.HANDLER,
    "UpdateJob_UDF": update_job_udf.HANDLER,
    "AddPhase": add_phase.HANDLER,
    "AddARInvoice": add_ar_invoice.HANDLER,
    "PreTimeCard": pre_time_card.HANDLER,
    "GetCustomers": get_customers.HANDLER,
    "GetJob": get_job.HANDLER,
    "GetJobDates": get_job_dates.HANDLER,
    "GetJobMain": get_job_main.HANDLER,
    "GetJobUDF": get_job_udf.HANDLER,
    "GetPhase": get_phase.HANDLER,
    "GetPhaseEnhanced": get_phase_enhanced.HANDLER,
    "GetEmployee": get_employee.HANDLER,
    "GetPayType": get_pay_type.HANDLER,
}
