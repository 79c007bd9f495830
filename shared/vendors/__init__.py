"""Vendors' JSON APIs: one exchange, what their codes mean, their access tokens. The notifier sends by them, the portal asks."""
