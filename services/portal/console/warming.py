"""Templates are compiled before somebody waits for one: together they take half a second, and the first page of each kind a tenth."""

from typing import TYPE_CHECKING

from jinja2 import BytecodeCache

if TYPE_CHECKING:
    from types import CodeType

    from jinja2 import Environment
    from jinja2.bccache import Bucket


class Codes(BytecodeCache):
    """Compiled templates in memory: the second language does not compile them anew."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: "Bucket") -> None:
        """Give what was compiled already."""
        bucket.code = self._codes.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: "Bucket") -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self._codes[bucket.key + bucket.checksum] = bucket.code


def compile_all(environment: "Environment") -> None:
    """Compile every template that there is; from any thread."""
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
