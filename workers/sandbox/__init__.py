"""A simulated social network with a known truth; it shares no code with the product."""
