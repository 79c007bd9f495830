"""What everything shared promises."""
