"""The database file under real disks, real processes and real kills."""
