"""How a reason code with its parameters, or the title of a column, reads in English and Chinese.

Every sentence that a person reads about a decision or on a report stands in `catalog/*.toml`, a file a
subject, in three languages: English, Chinese as in China (`zh_CN`) and as in Taiwan (`zh_TW`). Files:

- `languages.py` which languages there are; `find_language` turns any locale name into one of them;
- `catalog.py`   the sentences: key to texts, read once; the parameters that a sentence names;
- `formats.py`   how a number, an amount, a share, a day or a moment is written in a language;
- `rendering.py` `render` (a code with its parameters) and `label` (a fixed text such as a column title).

Data passes: code and parameters (the decision's `reason_code`, `reason_args`) -> catalog -> formats ->
sentence.
"""

from kam_connector.messages.catalog import Message, find_message, keys, load_catalog
from kam_connector.messages.languages import LANGUAGES, Language, find_language
from kam_connector.messages.rendering import label, render

__all__ = [
    "LANGUAGES",
    "Language",
    "Message",
    "find_language",
    "find_message",
    "keys",
    "label",
    "load_catalog",
    "render",
]
