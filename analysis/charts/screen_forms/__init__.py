"""The forms of charts on the screen, one module for each that screen.py does not draw itself."""
