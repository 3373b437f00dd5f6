"""How cells look: a small set of styles that every sheet shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

INK: Final = "#1F2933"
SOFT: Final = "#5F6B7A"
RULE: Final = "#8896A6"
HAIR: Final = "#D3DAE2"
BAND: Final = "#E8EDF3"
GOOD: Final = "#1B6E3C"
BAD: Final = "#B3261E"

# Not due, then each bucket older than the one before: from calm to alarming.
BUCKET_COLOURS: Final = ("#5B8DB8", "#8DB36B", "#E3C14F", "#E39A3B", "#D2603A", "#A32A2A", "#6E1B1B")

_NONE, _THIN, _DOUBLE, _HAIRLINE = 0, 1, 6, 7


@dataclass(frozen=True, slots=True)
class Style:
    """One look of a cell; `fmt` is Excel's number format, borders are Excel's line numbers."""

    fmt: str = ""
    bold: bool = False
    italic: bool = False
    size: int = 10
    ink: str = INK
    fill: str = ""
    align: str = ""
    valign: str = ""
    indent: int = 0
    wrap: bool = False
    top: int = _NONE
    bottom: int = _NONE
    line: str = RULE

    def with_format(self, fmt: str) -> Style:
        """The same look with another number format."""
        return _formatted(self, fmt)

    def properties(self, font: str) -> dict[str, object]:
        """What xlsxwriter's add_format takes."""
        wanted: dict[str, object] = {
            "font_name": font,
            "font_size": self.size,
            "font_color": self.ink,
            "bold": self.bold,
            "italic": self.italic,
            "valign": self.valign or ("top" if self.wrap else "vcenter"),
            "text_wrap": self.wrap,
            "indent": self.indent,
            "top": self.top,
            "bottom": self.bottom,
            "top_color": self.line,
            "bottom_color": self.line,
            "num_format": self.fmt,
            "bg_color": self.fill,
            "align": self.align,
        }
        return {name: value for name, value in wanted.items() if value not in ("", 0, False)}


@lru_cache(maxsize=256)
def _formatted(style: Style, fmt: str) -> Style:
    """Remembered, because a big table asks for the same few looks in each of its cells."""
    return replace(style, fmt=fmt)


TITLE: Final = Style(bold=True, size=18)
SUBTITLE: Final = Style(size=12, ink=SOFT)
HEADING: Final = Style(bold=True, size=12, bottom=_THIN)
HEAD: Final = Style(bold=True, fill=BAND, wrap=True, valign="vcenter", top=_THIN, bottom=_THIN)
HEAD_TEXT: Final = replace(HEAD, align="left", indent=1)
HEAD_FIGURE: Final = replace(HEAD, align="right")
BODY: Final = Style(bottom=_HAIRLINE, line=HAIR)
LABEL: Final = replace(BODY, align="left", indent=1)
PARAGRAPH: Final = replace(LABEL, wrap=True, valign="vcenter")
ADDRESSEE: Final = replace(LABEL, bold=True)
NAME: Final = Style(ink=SOFT, bottom=_HAIRLINE, line=HAIR, align="left", indent=1)
TOTAL: Final = Style(bold=True, top=_THIN, bottom=_DOUBLE)
TOTAL_LABEL: Final = replace(TOTAL, align="left", indent=1)
NOTE: Final = Style(size=9, ink=SOFT, wrap=True, align="left", indent=1)
AGREES: Final = Style(bold=True, ink=GOOD, valign="vcenter", align="left", indent=1)
DIFFERS: Final = replace(AGREES, ink=BAD)
SIGN: Final = Style(bottom=_THIN, align="left", indent=1)

PLAIN_FORMAT: Final = "0"
TENTHS_FORMAT: Final = "0.0"
SCORE_FORMAT: Final = "0.00"
RATE_FORMAT: Final = "0.0###%;[Red]-0.0###%"
EXACT_FORMAT: Final = "#,##0.00######;[Red]-#,##0.00######"
DAY_FORMAT: Final = "yyyy-mm-dd"
MOMENT_FORMAT: Final = "yyyy-mm-dd hh:mm"
COUNT_FORMAT: Final = '#,##0;[Red]-#,##0;"–"'
SHARE_FORMAT: Final = '0.0%;[Red]-0.0%;"–"'


@lru_cache(maxsize=16)
def amount_format(digits: int) -> str:
    """The number format of a currency with so many digits: thousands, negatives red, zero as a dash."""
    figure = "#,##0" + (f".{'0' * digits}" if digits else "")
    return f'{figure};[Red]-{figure};"–"'


def font_of(lang: str) -> str:
    """The font that shows this language well in Excel."""
    return {"zh_CN": "Microsoft YaHei", "zh_TW": "Microsoft JhengHei"}.get(lang, "Calibri")
