"""Programs that others wrote, measured beside ours on the same input."""
