"""From what sources write to what the contract says: pure functions of strings, one module a kind of value."""
