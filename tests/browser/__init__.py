"""The addon in a real browser, as the people who work with it see it. Pictures go to out/screens."""
