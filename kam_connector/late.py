"""A package whose parts are loaded when they are first asked for, so that a command waits only for what it uses.

    from kam_connector.late import late_names

    if TYPE_CHECKING:
        from kam_connector.writeback.pushing import push
    else:
        __getattr__ = late_names(__name__, __file__)

The imports stand once, for the type checker and for the reader; at run time this file reads them there.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def late_names(package: str, file: str) -> Callable[[str], Any]:
    """The `__getattr__` of a package: a name that its file imports, loaded now; AttributeError for any other."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    places = {alias.asname or alias.name: (node.module, alias.name) for node in imports for alias in node.names}

    def find(name: str) -> Any:
        if name not in places or name.startswith("__"):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, own = places[name]
        value = getattr(importlib.import_module(str(module)), own)
        setattr(sys.modules[package], name, value)
        return value

    for name, (module, _own) in places.items():
        if module == f"{package}.{name}":  # loading the file would put it in the place of what it has
            raise ImportError(f"{package} has a file and a name {name!r}; give one of them another name.")

    return find
