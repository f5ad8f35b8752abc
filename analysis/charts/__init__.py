"""Cards as pictures: a neutral description first, drawing last."""
