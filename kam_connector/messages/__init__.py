"""How what a person reads reads in English, in Chinese as in China (`zh_CN`) and as in Taiwan (`zh_TW`).

Two kinds of texts, each where translators expect it (docs/translating.md):

- what data carry as a code (reasons of decisions, titles of columns, statuses, reports) stands in `catalog/*.toml`,
  a file a subject, with all languages side by side: the ledger and the ERP keep code and parameters, not sentences;
- what code says in its own words (errors, findings, checks, help, questions) is an English template in the code
  (`kam_connector.texts`), and its translations are gettext catalogues in `locale/`.

Which languages there are says `kam_connector.languages`. Files:

- `catalog.py`   the sentences: key to texts, read once; the parameters that a sentence names;
- `formats.py`   how a number, an amount, a share, a day or a moment is written in a language;
- `telling.py`   `tell` (a text, an error or a template in a language), `let_click_speak` (click's own words);
- `rendering.py` `render` (a code with its parameters) and `label` (a fixed text such as a column title).

Data passes: code and parameters (the decision's `reason_code`, `reason_args`) -> catalog -> formats ->
sentence.
"""

from kam_connector.languages import LANGUAGES, Language, find_language
from kam_connector.messages.catalog import Message, find_message, keys, load_catalog
from kam_connector.messages.rendering import OwnNames, label, render
from kam_connector.messages.telling import let_click_speak, tell, translator

__all__ = [
    "LANGUAGES",
    "Language",
    "Message",
    "OwnNames",
    "find_language",
    "find_message",
    "keys",
    "label",
    "let_click_speak",
    "load_catalog",
    "render",
    "tell",
    "translator",
]
