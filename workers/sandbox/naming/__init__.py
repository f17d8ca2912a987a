"""What networks beside X call their accounts and posts, and which customs they have."""
