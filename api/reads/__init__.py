"""Every question to the database: one SQL statement each, scope inside, frozen rows out."""
