"""When is what told: pure functions of what waits, who asked for it, and the time."""
