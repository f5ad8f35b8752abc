# Makes comparisons.json: tests of R's stats and survey packages.
#
# Run in this folder: Rscript comparisons.R [FOLDER]   (Debian: r-base-core, r-cran-survey, r-cran-jsonlite)
suppressMessages({library(survey); library(jsonlite)})
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."
data(api)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
clus <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
plain <- svydesign(id = ~1, weights = ~pw, data = apistrat)

rao <- function(formula, design) {
  found <- svychisq(formula, design, statistic = "F")
  list(f = unname(found$statistic), ndf = unname(found$parameter[1]), ddf = unname(found$parameter[2]), p = unname(found$p.value))
}
tables <- list(
  list(c(3, 1), c(1, 3)),
  list(c(0, 5), c(6, 2)),
  list(c(12, 5), c(29, 2)),
  list(c(3, 0, 2), c(1, 4, 4)),
  list(c(1, 2, 1, 0), c(3, 3, 6, 1), c(10, 10, 14, 9), c(6, 7, 12, 11)),
  list(c(2, 1, 0), c(0, 4, 1), c(1, 0, 6), c(2, 2, 2))
)
association <- function(rows) {
  counts <- do.call(rbind, rows)
  found <- suppressWarnings(chisq.test(counts, correct = FALSE))
  list(counts = counts, chisq = unname(found$statistic), df = unname(found$parameter), p = found$p.value,
    fisher = fisher.test(counts, workspace = 2e7)$p.value)
}
# Bounds of Cramer's V: the noncentralities at which the observed statistic is the 97.5 % and the 2.5 % point.
cramer <- function(x, df, n, k) {
  at <- function(p) if (pchisq(x, df) <= p) 0 else uniroot(function(l) pchisq(x, df, l) - p, c(0, 10 * x + 50), tol = 1e-12)$root
  l <- c(at(0.975), at(0.025))
  list(x = x, df = df, n = n, k = k, v = sqrt(x / (n * (k - 1))), low = if (l[1] > 0) sqrt((l[1] + df) / (n * (k - 1))) else 0,
    high = sqrt((l[2] + df) / (n * (k - 1))))
}
wilson <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE)$conf.int[1:2])
apart <- function(x, n, y, m) {
  a <- wilson(x, n); b <- wilson(y, m); p <- x / n; q <- y / m; d <- q - p
  found <- suppressWarnings(prop.test(c(x, y), c(n, m), correct = FALSE))
  list(x = x, n = n, y = y, m = m, difference = d, low = d - sqrt((q - b[1])^2 + (a[2] - p)^2), high = d + sqrt((b[2] - q)^2 + (p - a[1])^2),
    chisq = unname(found$statistic), p = found$p.value, fisher = fisher.test(matrix(c(x, n - x, y, m - y), 2))$p.value)
}
p <- c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1)
before <- c(5.1, 4.8, 6.2, 5.5, 7.0, 4.4, 5.9, 6.1)
after <- c(5.6, 4.9, 6.0, 6.3, 7.4, 5.2, 6.0, 6.9)
others <- c(4.2, 5.0, 3.9, 6.6, 5.1)
welch <- t.test(others, before)
paired <- t.test(after, before, paired = TRUE)
found <- list(
  clus = rao(~sch.wide + stype, clus),
  strat = rao(~sch.wide + stype, strat),
  strat_comp = rao(~comp.imp + sch.wide, strat),
  plain = rao(~sch.wide + stype, plain),
  tables = lapply(tables, association),
  cramer = list(cramer(12, 4, 200, 3), cramer(2, 4, 100, 3), cramer(60, 6, 300, 3), cramer(0.1, 1, 50, 2)),
  apart = list(apart(48, 80, 56, 70), apart(9, 30, 3, 25), apart(0, 20, 5, 22), apart(150, 460, 190, 470)),
  adjusted = list(p = p, bonferroni = p.adjust(p, "bonferroni"), holm = p.adjust(p, "holm"),
    benjamini_hochberg = p.adjust(p, "BH"), benjamini_yekutieli = p.adjust(p, "BY"), none = p),
  welch = list(first = before, second = others, t = unname(welch$statistic), df = unname(welch$parameter), p = welch$p.value, bounds = welch$conf.int[1:2]),
  paired = list(first = before, second = after, t = unname(paired$statistic), df = unname(paired$parameter), p = paired$p.value, bounds = paired$conf.int[1:2]),
  mcnemar = list(binom.test(3, 14)$p.value, binom.test(6, 12)$p.value, binom.test(0, 5)$p.value),
  detectable = (qnorm(.975) + qnorm(.8)) * sqrt(.25 * (1 / 460 + 1 / 300))
)
write(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = 1), file.path(out, "comparisons.json"))
