"""The matcher without IO."""
