"""Bluesky: the reads of its AppView and of a PDS that tell who passed a post on."""
