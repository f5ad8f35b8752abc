"""Forms as parts of a picture, one module each: `draw(plane, spec, top)` gives the height below the form."""
