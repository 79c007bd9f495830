"""The matching engine: pure functions of profiles and publications. docs/matching.md says what they promise."""
