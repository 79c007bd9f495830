"""Portal: what people see, and what programs call."""
