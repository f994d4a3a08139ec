"""The fixed logins of the sandbox, and nothing that opens anything else.

Both stand-ins listen on loopback only, so these values are public on purpose:
`accounts/sandbox.yaml`, the tests and the demo all use them.
"""

CLIENT_ID = "sandbox-client"
"""ServiceTrade OAuth2 client of the external system [ST 2.2]."""
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - public, see above
"""Secret of `CLIENT_ID`."""
USERNAME = "sync@example.com"
"""ServiceTrade session login [ST 2.1]."""
PASSWORD = "sandbox-password"  # noqa: S105 - public, see above
"""Password of `USERNAME`."""
EXTERNAL_SYSTEM = "spectrum"
"""The one external system that the sandbox account has defined [ST 11]."""

COMPANY_CODE = "001"
"""Spectrum company."""
AUTHORIZATION_ID = "SANDBOX-AUTH"
"""Spectrum Data Exchange authorization."""
SPECTRUM_CLIENT_ID = "Spectrum-sandbox"
"""Client of Spectrum's own OAuth2 token address."""
SPECTRUM_CLIENT_SECRET = "sandbox-rotating"  # noqa: S105 - public, see above
"""Secret of `SPECTRUM_CLIENT_ID`."""
