"""Benchmarks against real servers, each beside the plain ways of doing the same.

| file | what it answers |
|---|---|
| `__main__.py` | what may be asked on the command line |
| `enlarging.py` | a large Odoo 19, copied by SQL from the sample company |
| `serving.py` | an Odoo of the benchmark's own |
| `ways.py` | the ways of reading: the connector's lanes, other clients, SQL |
| `measuring.py` | rows a second and peak memory of one way, in a process of its own |
| `sync.py` | the table of reading, the whole pull and the idle night |
| `document.py` | the machine, and the tables in docs/benchmarks.md |
"""
