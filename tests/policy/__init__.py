"""Policy files: what is shipped, what is refused and how it reads."""
