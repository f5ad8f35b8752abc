"""What the pages of the analysis share: who looks at which consultation, the filter bar, cards."""
