"""Users, projects and tokens as plain values. Pure."""
