"""The wanted records as far as the ERP's addon has fields for them: an older one is written what it knows.

The endpoint refuses a whole row for one field that it does not have, and a company upgrades its ERP on its own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kam_connector.erp import Session
from kam_connector.texts import Text
from kam_connector.writeback.destinations import BY_MODEL, Field
from kam_connector.writeback.plans import Desired


def fit_to_addon(desired: Sequence[Desired], session: Session) -> tuple[list[Desired], list[Text]]:
    """The records without the columns that the ERP lacks, and what is left out, a text a model."""
    fitted, left_out = [], []
    for item in desired:
        lacking = _find_lacking(item, session)
        fitted.append(replace(item, frame=item.frame.drop(columns=[field.column for field in lacking])))
        if lacking:
            names = ", ".join(field.name for field in lacking)
            left_out.append(Text("{fields} of {model}", {"fields": names, "model": item.model}))
    return fitted, left_out


def _find_lacking(item: Desired, session: Session) -> list[Field]:
    known = session.fields(item.model)
    return [field for field in BY_MODEL[item.model].fields if field.column in item.frame and field.name not in known]
