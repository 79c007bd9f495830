"""What the portal asks the notifier to do; see `shared.filing.errands`."""
