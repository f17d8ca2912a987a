"""What the search for doubts asks: bursts around the posts that changed, and single signals."""
