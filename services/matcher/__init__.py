"""Matcher: finds, for each publication, the profiles it matches, with score and evidence."""
