"""Tables beside a model's own: values that depend on the company, and custom fields that the policy names.

The first are known beforehand. The second are made by the pull from the fields that the ERP describes, one table a
model, and hold only types that a rule can measure or a person can read.
"""

from __future__ import annotations

from collections.abc import Mapping

from kam_connector.mirror.columns import Column, Kind, Table, money, ref, table, texts

COMPANY_TABLES: tuple[Table, ...] = (
    table(
        "res.partner",
        ref("company_id", "res.company", required=True),
        money("company", "credit_limit"),
        texts("trust"),
        ref("property_payment_term_id", "account.payment.term"),
        ref("property_account_receivable_id", "account.account"),
        part="company",
    ),
)

CUSTOM_KINDS: Mapping[str, Kind] = {
    "boolean": "flag",
    "char": "text",
    "date": "date",
    "datetime": "moment",
    "float": "number",
    "integer": "int",
    "many2one": "ref",
    "monetary": "number",
    "selection": "text",
    "text": "text",
}
"""The types of custom fields that can be mirrored; amounts as plain numbers, since their currency is not known."""


def custom_table(model: str, fields: Mapping[str, tuple[str, str]]) -> Table:
    """The table of the custom fields of `model`: field to its type in the ERP and the model that it points at."""
    columns = [Column(name, CUSTOM_KINDS[kind], of) for name, (kind, of) in sorted(fields.items())]
    return table(model, *columns, part="custom")
