"""What runs a role: the process around it, its HTTP doors, its stop."""
