"""Accounts in the database, and passwords by argon2."""
