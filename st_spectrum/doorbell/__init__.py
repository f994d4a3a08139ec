"""ServiceTrade's webhooks as a doorbell: something has changed, so the change sensor of a flow is
evaluated now and not at its next tick.

In a script: the account file's section `doorbell` (in `accounts/sandbox.yaml` the variables
`DOORBELL_URL=http://127.0.0.1:PORT/bell`, `DOORBELL_SECRET`, 32 characters, and
`DOORBELL_PORT=PORT`), and then one of

    st-spectrum serve --account FILE --doorbell
    DagsterServices(home, settings, yaml, location, doorbell=("127.0.0.1", PORT))
    st-spectrum doorbell --account FILE --dagster URL      # beside a Dagster that runs already

The doorbell sets up its webhook in ServiceTrade by itself, in the sandbox too: there it is set up
once `sandbox.control.records("servicetrade", "webhook")` has one. A ring is heard from the first
tick of a flow's change sensor on.
"""
