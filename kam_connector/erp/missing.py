"""Asking for what may not be there: a model that no installed module brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ErpDefect
from .faults import MODEL_MISSING


def answer_or_none(ask: Callable[[], Any], model: str) -> Any:
    """The answer of `ask`, or None where the ERP says that it has no such model. Other errors pass."""
    try:
        return ask()
    except ErpDefect as error:
        if MODEL_MISSING in error.what and model in error.what:
            return None
        raise
