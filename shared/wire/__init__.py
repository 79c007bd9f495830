"""The shapes that travel: what users write, what lies on the bus, what tools read.

Every shape of the bus carries its version ``v``. A stored sample of every version is decoded by a test, for ever.
"""
