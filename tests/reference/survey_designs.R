# Makes survey_designs.json: estimates and weights of R's `survey` for the California schools that come with it, and for
# small designs of our own. Writes the columns it reads to apistrat.csv and apiclus1.csv as well.
#
# Run in this folder: Rscript survey_designs.R [FOLDER]   (Debian: r-base-core, r-cran-survey, r-cran-jsonlite)
suppressMessages({library(survey); library(jsonlite)})
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."
data(api)
columns <- c("stype", "dnum", "pw", "fpc", "api00", "api99", "enroll", "sch.wide", "comp.imp")
write.csv(apistrat[columns], file.path(out, "apistrat.csv"), row.names = FALSE)
write.csv(apiclus1[columns], file.path(out, "apiclus1.csv"), row.names = FALSE)

strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
plain <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat)
clus <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)

estimate <- function(found, df = Inf) {
  bounds <- confint(found, df = df)
  list(value = as.numeric(coef(found)), se = as.numeric(SE(found)), low = unname(bounds[, 1]), high = unname(bounds[, 2]))
}
proportion <- function(formula, design) {
  found <- svyciprop(formula, design, method = "logit", df = degf(design))
  list(value = as.numeric(found)[1], se = as.numeric(SE(found))[1], low = attr(found, "ci")[[1]], high = attr(found, "ci")[[2]])
}
middle <- function(formula, design) {
  found <- svyquantile(formula, design, 0.5, qrule = "school")[[1]]
  list(value = found[1], low = found[2], high = found[3], se = found[4])
}
weighted <- function(design) unname(weights(design, "sampling"))

clus0 <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
sums <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
bounded <- list(lower = 0.5, upper = 1.6)
strict <- list(maxit = 200, epsilon = 1e-12, verbose = FALSE)

small <- data.frame(h = c(1, 1, 1, 2, 2, 3), y = c(2, 4, 9, 1, 5, 7), w = c(2, 2, 2, 3, 3, 4))
options(survey.lonely.psu = "adjust")
centred <- svymean(~y, svydesign(id = ~1, strata = ~h, weights = ~w, data = small))
options(survey.lonely.psu = "certainty")
certain <- svymean(~y, svydesign(id = ~1, strata = ~h, weights = ~w, data = small))
options(survey.lonely.psu = "fail")

unstratified <- svydesign(id = ~1, weights = ~pw, data = apistrat)
found <- list(
  version = as.character(packageVersion("survey")),
  strat_mean_api00 = estimate(svymean(~api00, strat), degf(strat)),
  strat_deff_api00 = unname(deff(svymean(~api00, strat, deff = "replace"))),
  plain_mean_api00 = estimate(svymean(~api00, plain), degf(plain)),
  strat_total_enroll = estimate(svytotal(~enroll, strat), degf(strat)),
  strat_ratio = estimate(svyratio(~api00, ~enroll, strat), degf(strat)),
  strat_wide = proportion(~I(sch.wide == "Yes"), strat),
  strat_median_api00 = middle(~api00, strat),
  clus_mean_api00 = estimate(svymean(~api00, clus), degf(clus)),
  clus_deff_api00 = unname(deff(svymean(~api00, clus, deff = "replace"))),
  clus_wide = proportion(~I(sch.wide == "Yes"), clus),
  clus_median_api00 = middle(~api00, clus),
  clus_total_enroll = estimate(svytotal(~enroll, clus), degf(clus)),
  domain_comp_yes = estimate(svymean(~api00, subset(strat, comp.imp == "Yes")), degf(subset(strat, comp.imp == "Yes"))),
  domain_type_h = estimate(svymean(~api00, subset(strat, stype == "H")), degf(subset(strat, stype == "H"))),
  domain_degf = degf(subset(strat, stype == "H")),
  clus_domain_h = estimate(svymean(~api00, subset(clus, stype == "H")), degf(subset(clus, stype == "H"))),
  lonely_centre = estimate(centred),
  lonely_certain = estimate(certain),
  weighted_mean_api00 = estimate(svymean(~api00, unstratified), degf(unstratified)),
  weighted_median_api00 = middle(~api00, unstratified),
  t_test = unname(t.test(apistrat$api00)$conf.int[1:2]),
  poststratified = weighted(postStratify(clus0, ~stype, types)),
  raked = weighted(rake(clus0, list(~stype, ~sch.wide), list(types, wide), control = list(maxit = 500, epsilon = 1e-11))),
  linear = weighted(calibrate(clus0, ~stype + api99, sums, calfun = "linear", epsilon = 1e-12)),
  linear_bounded = weighted(calibrate(clus0, ~stype + api99, sums, calfun = "linear", bounds = bounded, maxit = 200, epsilon = 1e-12)),
  raking = weighted(calibrate(clus0, ~stype + api99, sums, calfun = "raking", maxit = 200, epsilon = 1e-12)),
  logit = weighted(calibrate(clus0, ~stype + api99, sums, calfun = "logit", bounds = bounded, maxit = 200, epsilon = 1e-12)),
  trimmed = weighted(trimWeights(svydesign(id = ~1, weights = ~pw, data = apistrat), lower = 18, upper = 40, strict = TRUE)),
  trimmed_above = weighted(trimWeights(svydesign(id = ~1, weights = ~pw, data = apistrat), upper = 40, strict = TRUE))
)
write(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = 1), file.path(out, "survey_designs.json"))
