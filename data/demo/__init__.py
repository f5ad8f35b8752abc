"""The embedded demo consultation: its form, its invented frame and its invented answers."""
