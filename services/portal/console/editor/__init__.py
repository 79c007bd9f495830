"""The editor of profiles: what its form holds, how two people's changes are put together, what changed, and its pages."""
