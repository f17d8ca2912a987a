"""Instagram: own media, tags, mentions, hashtags and figures; nobody's reshares are listed."""
