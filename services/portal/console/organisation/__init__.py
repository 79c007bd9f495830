"""``/organisation``: its members, what it says of itself, its tokens and audit log; and each member's own account."""
