"""How the numeric kernels of this room are compiled: by numba, without the GIL, kept on disk."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy.typing as npt
from llvmlite import ir
from numba.extending import intrinsic

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

KERNEL_MODULES = (
    "compiling",
    "predicates",
    "index_grid",
    "index_edges",
    "index_build",
    "index_query",
)


def kernel(function: Kernel) -> Kernel:
    """Compile a function on first use; later processes load the machine code from disk.

    numba keeps the code beside the source, or in the user's cache folder when the package is
    read-only. Where neither can be written, every process compiles anew.
    """
    try:
        compiled: Any = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        return cast("Kernel", numba.njit(nogil=True)(function))
    # numba only looks at the file a kernel stands in, yet kernels inline others from other
    # files: without this a changed predicate would leave the old one in the cached query.
    compiled._cache._cache_file._source_stamp = kernels_digest()
    return cast("Kernel", compiled)


@cache
def kernels_digest() -> str:
    """Fingerprint of the source of all kernels, whatever the files' times are."""
    folder = Path(__file__).parent
    digest = sha256()
    for name in KERNEL_MODULES:
        digest.update((folder / f"{name}.py").read_bytes())
    return digest.hexdigest()


@intrinsic
def _prefetch(_typing: Any, array: Any, _position: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(view.data, [arguments[1]])
        address = builder.bitcast(address, ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [address.type, word, word, word])
        load = builder.module.declare_intrinsic("llvm.prefetch", [address.type], shape)
        # for reading (0), kept in all cache levels (3), data cache (1)
        builder.call(load, [address, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return numba.types.void(array, numba.types.intp), emit


# In kernels: ask the processor to load one element of a flat array, without waiting for it.
prefetch = cast("Callable[[npt.NDArray[Any], int], None]", _prefetch)
