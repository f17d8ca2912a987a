"""Everything that runs outside a request: jobs, connectors and the simulated network."""
