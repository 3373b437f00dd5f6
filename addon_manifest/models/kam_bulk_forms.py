"""A value in the form of its column: what `kam_bulk` compares, and what JSON carries to the database.

`FORMS` has a function for each type of field that is plain: given field, model and company it returns the function that
brings a value into that form. A value that needs the ORM's own words raises `NotPlainError`.
"""

from datetime import date, datetime

from odoo.tools import float_round


class NotPlainError(Exception):
    """The batch needs the ORM."""


def _number(digits):
    def form(value):
        if not value:
            return 0.0
        if value.__class__ not in (int, float):
            raise NotPlainError
        # The connector sends rounded figures; the ORM's own rounding is needed for the others only.
        return float(value) if round(value, digits) == value else float_round(value, precision_digits=digits)

    return form


def _float(field, target, company):
    digits = field.get_digits(target.env)
    if not digits:
        raise NotPlainError
    return _number(digits[1])


def _monetary(field, target, company):
    currency_field = target._fields[field.get_currency_field(target)]
    currency = company.currency_id
    if currency_field.related != "company_id.currency_id" or currency.rounding != 10**-currency.decimal_places:
        raise NotPlainError
    return _number(currency.decimal_places)


def _integer(field, target, company):
    return _whole(0)


def _many2one(field, target, company):
    return _whole(None)


def _whole(empty):
    def form(value):
        if not value:
            return empty
        if value.__class__ is not int:
            raise NotPlainError
        return value

    return form


def _text(field, target, company):
    if getattr(field, "size", None):
        raise NotPlainError

    def form(value):
        if value is False or value is None:
            return None
        if value.__class__ is not str or "\0" in value:
            raise NotPlainError
        return value

    return form


def _selection(field, target, company):
    allowed = frozenset(field.get_values(target.env))

    def form(value):
        if not value:
            return None
        if value not in allowed:
            raise NotPlainError
        return value

    return form


def _moment(kind, length):
    known = {}

    def form(value):
        if not value:
            return None
        if value not in known:
            try:
                whole = len(value) == length and kind.fromisoformat(value)
            except (TypeError, ValueError):
                whole = False
            if not whole:
                raise NotPlainError
            known[value] = value
        return known[value]

    return form


FORMS = {
    "boolean": lambda field, target, company: bool,
    "char": _text,
    "date": lambda field, target, company: _moment(date, 10),
    "datetime": lambda field, target, company: _moment(datetime, 19),
    "float": _float,
    "integer": _integer,
    "many2one": _many2one,
    "monetary": _monetary,
    "selection": _selection,
    "text": _text,
}
