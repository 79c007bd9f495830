"""Attacks on the whole portal: every route, every form, every text that strangers write."""
