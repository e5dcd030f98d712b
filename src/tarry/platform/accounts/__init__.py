"""Users, projects, roles and session tokens."""
