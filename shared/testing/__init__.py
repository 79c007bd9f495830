"""Stand-ins for the outside that behave as it is documented to: for tests, the demo and benchmarks."""
