"""What the sites flow writes to Spectrum."""

from st_spectrum.domain.commands import InsertWithCode


class AddSite(InsertWithCode):
    """A work-order site [SP 9]; its key is the site id."""

    operation = "AddWOSiteAddress"
    taken_field = "Site_ID"

    @property
    def customer_code(self) -> str:
        """The customer whose site it is."""
        return self.record.get("Site_Customer_Code", "")
