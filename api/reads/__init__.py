"""Every question: one SQL statement each, with the viewer's scope inside, answered by frozen rows."""
