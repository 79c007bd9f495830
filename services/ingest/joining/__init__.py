"""How records of one number become one publication."""
