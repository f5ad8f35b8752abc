# Makes intervals.json: bounds of shares from R's quantile functions, and tails of the hypergeometric distribution.
#
# Run in this folder: Rscript intervals.R [FOLDER]
library(jsonlite)
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."
one <- function(x, n, level) {
  tail <- (1 - level) / 2
  z <- qnorm(1 - tail)
  more <- n + z^2
  middle <- (x + z^2 / 2) / more
  list(
    chosen = x, n = n, level = level,
    wilson = suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE)$conf.int[1:2]),
    clopper_pearson = binom.test(x, n, conf.level = level)$conf.int[1:2],
    agresti_coull = c(max(0, middle - z * sqrt(middle * (1 - middle) / more)), min(1, middle + z * sqrt(middle * (1 - middle) / more))),
    jeffreys = c(if (x == 0) 0 else qbeta(tail, x + 0.5, n - x + 0.5), if (x == n) 1 else qbeta(1 - tail, x + 0.5, n - x + 0.5))
  )
}
# By search over every number: those whose two tails both exceed alpha / 2.
finite <- function(x, n, N, level) {
  tail <- (1 - level) / 2
  M <- x:(N - n + x)
  fits <- M[phyper(x - 1, M, N - M, n, lower.tail = FALSE) > tail & phyper(x, M, N - M, n) > tail]
  list(chosen = x, n = n, frame = N, level = level, low = min(fits), high = max(fits))
}
shares <- list(one(81, 263, .95), one(0, 20, .95), one(20, 20, .95), one(1, 2, .95), one(5, 461, .95), one(44, 262, .99), one(3, 7, .9))
frames <- list(finite(45, 100, 300, .95), finite(12, 15, 20, .95), finite(0, 30, 193, .95), finite(30, 30, 193, .95), finite(7, 40, 41, .99), finite(1, 2, 900, .9), finite(5, 5, 5, .95))
values <- c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7)
place <- qbinom(0.025, length(values), 0.5)
middle <- list(values = values, median = median(values), low = sort(values)[place], high = sort(values)[length(values) + 1 - place],
  mean = mean(values), mean_bounds = t.test(values)$conf.int[1:2])
write(toJSON(list(shares = shares, frames = frames, middle = middle), digits = NA, auto_unbox = TRUE, pretty = 1), file.path(out, "intervals.json"))
