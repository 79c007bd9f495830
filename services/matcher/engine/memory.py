# ruff: noqa: ANN401, ARG001 - values of numba's compiler, of which only some are looked at
"""Copying bytes as the machine does it: a loop over single bytes is what numba would make of a slice."""

from typing import TYPE_CHECKING, Any

from numba.core import cgutils, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.matcher.engine.index import Bytes


if TYPE_CHECKING:

    def copy(out: Bytes, at: int, data: Bytes, start: int, length: int) -> None:
        """Copy ``data[start : start + length]`` to ``out[at:]``; nothing checks that it fits."""

else:

    @intrinsic
    def copy(_context: Any, out: Any, at: Any, data: Any, start: Any, length: Any) -> "tuple[Any, Callable[..., Any]]":
        """Copy ``data[start : start + length]`` to ``out[at:]``; nothing checks that it fits."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            target = context.make_array(signature.args[0])(context, builder, arguments[0])
            source = context.make_array(signature.args[2])(context, builder, arguments[2])
            to = cgutils.pointer_add(builder, target.data, arguments[1])
            begin = cgutils.pointer_add(builder, source.data, arguments[3])
            cgutils.raw_memcpy(builder, to, begin, arguments[4], 1)
            return context.get_dummy_value()

        return types.void(out, types.intp, data, types.intp, types.intp), generate
