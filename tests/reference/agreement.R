# Makes agreement.json: alpha from its definition by pairs of ratings, one by one, and the standard error of Cohen's
# kappa by a numerical gradient (the program has closed forms of both).
#
# Run in this folder: Rscript agreement.R [FOLDER]
library(jsonlite)
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."

# Krippendorff's own example: four coders, twelve units.
ratings <- rbind(
  c(1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA), c(1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3),
  c(NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA), c(1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA)
)
# The example of three coders in the article "Krippendorff's alpha" of Wikipedia.
three <- rbind(
  c(NA, NA, NA, NA, NA, 3, 4, 1, 2, 1, 1, 3, 3, NA, 3), c(1, NA, 2, 1, 3, 3, 4, 3, NA, NA, NA, NA, NA, NA, NA),
  c(NA, NA, 2, 1, 3, 4, 4, NA, 2, 1, 1, 3, 3, NA, 4)
)
alpha <- function(data, metric) {
  units <- Filter(function(u) length(u) > 1, lapply(seq_len(ncol(data)), function(j) data[!is.na(data[, j]), j]))
  all <- unlist(units)
  apart <- function(a, b) {
    if (metric == "nominal") return(as.numeric(a != b))
    if (metric == "interval") return((a - b)^2)
    if (metric == "ratio") return(if (a + b == 0) 0 else ((a - b) / (a + b))^2)
    low <- min(a, b); high <- max(a, b)
    (sum(all >= low & all <= high) - (sum(all == low) + sum(all == high)) / 2)^2 * (a != b)
  }
  pairs <- function(v) { s <- 0; for (i in seq_along(v)) for (j in seq_along(v)) if (i != j) s <- s + apart(v[i], v[j]); s }
  observed <- sum(sapply(units, function(u) pairs(u) / (length(u) - 1))) / length(all)
  expected <- pairs(all) / (length(all) * (length(all) - 1))
  1 - observed / expected
}
metrics <- c("nominal", "ordinal", "interval", "ratio")
alphas <- function(data) as.list(sapply(metrics, function(m) alpha(data, m)))

kappa <- function(p, w) {
  p <- p / sum(p)
  e <- outer(rowSums(p), colSums(p))
  (sum(w * p) - sum(w * e)) / (1 - sum(w * e))
}
cohen <- function(counts, kind) {
  k <- nrow(counts); d <- abs(outer(1:k, 1:k, "-")) / (k - 1)
  w <- switch(kind, none = diag(k), linear = 1 - d, quadratic = 1 - d^2)
  n <- sum(counts); p <- counts / n; h <- 1e-5
  # Of shares that sum to 1: the gradient along each cell at fixed others, then the multinomial covariance.
  g <- sapply(seq_along(p), function(i) { a <- p; b <- p; a[i] <- a[i] + h; b[i] <- b[i] - h; (kappa(a, w) - kappa(b, w)) / (2 * h) })
  v <- (sum(p * g^2) - sum(p * g)^2) / n
  list(counts = counts, weights = kind, value = kappa(p, w), low = kappa(p, w) - qnorm(.975) * sqrt(v), high = kappa(p, w) + qnorm(.975) * sqrt(v))
}
two <- rbind(c(20, 5), c(10, 15))
four <- rbind(c(22, 2, 2, 0), c(5, 7, 14, 0), c(0, 2, 36, 0), c(0, 1, 17, 10))
# Fleiss: the example of ten subjects and fourteen raters (Wikipedia, "Fleiss' kappa").
fleiss <- rbind(c(0, 0, 0, 0, 14), c(0, 2, 6, 4, 2), c(0, 0, 3, 5, 6), c(0, 3, 9, 2, 0), c(2, 2, 8, 1, 1),
  c(7, 7, 0, 0, 0), c(3, 2, 6, 3, 0), c(2, 5, 3, 2, 2), c(6, 5, 2, 1, 0), c(0, 2, 2, 3, 7))
# Fleiss' kappa is 1 less observed over expected disagreement, where the expected one draws pairs with replacement.
shares <- colSums(fleiss) / sum(fleiss)
observed <- mean(apply(fleiss, 1, function(r) 1 - sum(r * (r - 1)) / (sum(r) * (sum(r) - 1))))
found <- list(
  ratings = ratings, alphas = alphas(ratings), three = three, three_alphas = alphas(three),
  cohen = list(cohen(two, "none"), cohen(four, "none"), cohen(four, "linear"), cohen(four, "quadratic")),
  fleiss = list(counts = fleiss, value = 1 - observed / (1 - sum(shares^2)))
)
write(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null"), file.path(out, "agreement.json"))
