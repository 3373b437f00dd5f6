"""What the user may ask for: one noun a file; click parses and prints, nothing else.

`main.py` has the group `kam` and the common options, `failing.py` the exit code and the message of every end;
`options.py` has the options that many commands share, `reading.py` what all reading commands do, `agreeing.py` the
question before a write and the bar; `output.py` says how an answer is printed (table, JSON, CSV). A command opens a
workspace, calls one function of `runs`, hands its `Result` to `finish` and returns the exit code. What decides is
loaded inside the commands that need it, so that `kam status` answers at once.
"""
