"""Every write: one verb, one transaction, its audit row and its outbox rows inside."""
