"""What the user may ask for: one noun a file; click parses and prints, nothing else.

`main.py` has the group `kam`, the common options and what a failure looks like; `options.py` the options that many
commands share; `output.py` how an answer is printed (table, JSON, CSV). A command opens a workspace, calls one
function of `runs`, hands its `Result` to `finish` and returns the exit code.
"""
