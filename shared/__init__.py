"""What the services have in common: wire types, ports with their backends, and the runtime around them."""
