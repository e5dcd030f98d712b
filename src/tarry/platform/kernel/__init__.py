"""Ids, clock, errors and transactions: what every room of the platform uses."""
