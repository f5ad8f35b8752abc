"""Forms in the browser, one module each; `figure(spec)` or `markup(spec)` (HTML) is the chart, as wide as its place."""
