"""Profile health without IO."""
