"""The verbs of this room: start, status, abort, settle; and call, for what answers at once."""
