"""``/api/v1``: what can be done in the portal, for programs. Each module has the endpoints of one thing."""
