# ruff: noqa: ANN401, ARG001 - values of numba's compiler, of which only some are looked at
"""What numba has no word for: copying bytes as the machine does it, not in a loop over single ones; and asking for memory early.

A lookup in what no cache holds takes as long as a hundred instructions. Where a loop knows what its coming turns will look up, it
asks for that `AHEAD` turns before; where the answer says what to look up then, for that `NEXT` turns before.
"""

from typing import TYPE_CHECKING, Any

from numba.core import cgutils, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes

AHEAD, NEXT = 8, 3

_TO_READ, _EVERY_CACHE, _DATA = 0, 3, 1
"""What LLVM calls them: https://llvm.org/docs/LangRef.html#llvm-prefetch-intrinsic"""

if TYPE_CHECKING:

    def copy(out: Bytes, at: int, data: Bytes, start: int, length: int) -> None:
        """Copy ``data[start : start + length]`` to ``out[at:]``; nothing checks that it fits."""

    def fetch(data: NDArray[Any], at: int) -> None:
        """Ask for ``data.flat[at]``, so that it need not be waited for when it is read; nothing checks that it is there."""

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

    @intrinsic
    def fetch(_context: Any, data: Any, at: Any) -> "tuple[Any, Callable[..., Any]]":
        """Ask for ``data.flat[at]``, so that it need not be waited for when it is read; nothing checks that it is there."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            place = builder.bitcast(builder.gep(array.data, [arguments[1]]), cgutils.voidptr_t)
            number = cgutils.int32_t
            kind = cgutils.ir.FunctionType(cgutils.ir.VoidType(), [cgutils.voidptr_t, number, number, number])
            prefetch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
            builder.call(prefetch, [place, number(_TO_READ), number(_EVERY_CACHE), number(_DATA)])
            return context.get_dummy_value()

        return types.void(data, types.intp), generate
