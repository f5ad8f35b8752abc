# Makes multiple_response.json: tests between questions of which at least one allows several answers, for the Kansas
# farmers of Loughin and Scherer (1998), Biometrics 54:630-637, by education and sources of veterinary information
# (farmers.csv: how many gave each pattern). In base R from the papers: the counts of the patterns are multinomial, the
# gaps of each pair of options have the covariance of the delta method, and the sum of their statistics is a sum of chi
# squared weighted by the eigenvalues of that covariance, corrected to the second order.
#
# MMI   Bilder, Loughin and Nettleton (2000), Communications in Statistics 29:1285-1316
# SPMI  Bilder and Loughin (2004), Biometrics 60:241-248: here of the first two sources and the other three
# mrcv  what MI.test(I = 1, J = 5, type = "rs2") of the package MRCV printed, which Debian does not have
#
# Run in this folder: Rscript multiple_response.R [FOLDER]   (Debian: r-base-core, r-cran-jsonlite)
library(jsonlite)
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."
farmers <- read.csv("farmers.csv", colClasses = c("integer", "character", "integer"))
items <- do.call(rbind, lapply(strsplit(farmers$sources, ""), as.integer))
n <- sum(farmers$n)
tau <- farmers$n / n

second_order <- function(statistic, scale, covariance, degrees) {
  lambda <- Re(eigen(diag(1 / scale) %*% covariance, only.values = TRUE)$values)
  squares <- sum(lambda^2)
  corrected <- degrees * statistic / squares
  list(corrected = corrected, degrees = degrees^2 / squares, p = pchisq(corrected, degrees^2 / squares, lower.tail = FALSE))
}

# Given how many have each education, the patterns are multinomial within it.
groups <- sort(unique(farmers$education))
size <- sapply(groups, function(g) sum(farmers$n[farmers$education == g]))
part <- size / n
all_shares <- as.vector(tau %*% items)
within <- lapply(groups, function(g) farmers$n[farmers$education == g] / size[g])
patterns <- lapply(groups, function(g) items[farmers$education == g, , drop = FALSE])
own <- sapply(groups, function(g) as.vector(within[[g]] %*% patterns[[g]]))  # (items, groups)
by_item <- rowSums(t(t((own - all_shares)^2) * size)) / (all_shares * (1 - all_shares))
spread <- lapply(groups, function(g) (t(patterns[[g]]) %*% (diag(within[[g]]) - within[[g]] %*% t(within[[g]])) %*% patterns[[g]]) / size[g])
# Of each group: its own shares less those of all, which hold its own by its part.
centring <- diag(length(groups)) - matrix(part, length(groups), length(groups), byrow = TRUE)
k <- ncol(items)
whole <- matrix(0, k * length(groups), k * length(groups))
for (g in groups) whole[(g - 1) * k + 1:k, (g - 1) * k + 1:k] <- spread[[g]]
turned <- kronecker(centring, diag(k))
covariance <- turned %*% whole %*% t(turned)
scale <- rep(all_shares * (1 - all_shares), length(groups)) / rep(size, each = k)
mmi <- c(list(statistic = sum(by_item), by_item = by_item), second_order(sum(by_item), scale, covariance, (length(groups) - 1) * k))

first <- 1:2; second <- 3:5
pairs <- expand.grid(i = first, j = second)
both <- as.matrix(mapply(function(i, j) items[, i] * items[, j], pairs$i, pairs$j))
gaps <- as.vector(tau %*% both) - all_shares[pairs$i] * all_shares[pairs$j]
scale <- all_shares[pairs$i] * (1 - all_shares[pairs$i]) * all_shares[pairs$j] * (1 - all_shares[pairs$j])
slopes <- t(both) - all_shares[pairs$j] * t(items[, pairs$i]) - all_shares[pairs$i] * t(items[, pairs$j])
covariance <- slopes %*% (diag(tau) - tau %*% t(tau)) %*% t(slopes)
each <- n * gaps^2 / scale
spmi <- c(list(statistic = sum(each), pairs = matrix(each, length(first))), second_order(sum(each), scale, covariance, nrow(pairs)))

mrcv <- list(statistic = 30.8359391868, by_item = c(5.9595846507, 7.8932099182, 4.6156993805, 1.418756094, 10.9486891432),
  corrected = 28.6789544908, degrees = 18.6009930277, p = 0.063223343974)
write(toJSON(list(mmi = mmi, spmi = spmi, mrcv = mrcv), digits = NA, auto_unbox = TRUE, pretty = 1), file.path(out, "multiple_response.json"))
