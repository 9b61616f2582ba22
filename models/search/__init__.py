"""Search: filters in, one result page and a count out."""
