"""The ways a message leaves: one module each, behind one port."""
