"""The store: what Zhitui remembers, behind one port."""
