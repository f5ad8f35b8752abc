"""Forms in the browser, one module each; `figure(spec)` is the whole chart, as wide as its place."""
