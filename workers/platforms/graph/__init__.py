"""The Graph API: what Facebook and Instagram have in common."""
