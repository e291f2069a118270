"""Pages of reviews: of one entry, of the yearly refresh, and of all dates."""
