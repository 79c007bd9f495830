"""Collection ``closures``: one document while nobody may work on the store, or while it is copied."""

from shared.store.archived import Closure
from shared.store.mongo.documents import Shape

NAME = "closures"
SHAPE = Shape(Closure, pairs=("partitions",))
ID = "closure"
