"""Facebook: the part of the Graph API that tells consenting people's own shares."""
