"""Gema: the GraphQL API of a transparent amplification programme."""
