"""Mastodon: the reads of one server, with what it knows of others."""
