"""What ``zhitui doctor`` looks at beyond the data themselves."""

from services.cli.checks.brokers import brokers
from services.cli.checks.documents import documents
from services.cli.checks.local import machine
from services.cli.checks.people import people
from services.cli.checks.remote import outside
from services.cli.checks.sources import sources

__all__ = ["brokers", "documents", "machine", "outside", "people", "sources"]
