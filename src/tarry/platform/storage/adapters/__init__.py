"""Files on the local disk, and grants in the database."""
