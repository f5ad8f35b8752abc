# Makes crosstabs.json: shares with standard errors by column, from R's `survey`, for two questions by two banners of the
# California schools (apistrat.csv), some answers missing.
#
# Run in this folder: Rscript crosstabs.R [FOLDER]   (Debian: r-base-core, r-cran-survey, r-cran-jsonlite)
suppressMessages({library(survey); library(jsonlite)})
out <- commandArgs(trailingOnly = TRUE)
out <- if (length(out)) out[1] else "."
data <- read.csv("apistrat.csv")
data$wide <- factor(ifelse(seq_len(nrow(data)) %% 7 == 0, NA, data$sch.wide))
data$size <- factor(ifelse(seq_len(nrow(data)) %% 11 == 0, NA, ifelse(data$enroll < 400, "a", ifelse(data$enroll < 900, "b", "c"))))
of <- svydesign(ids = ~1, weights = ~pw, data = data)
one <- function(question, banner) {
  found <- svyby(as.formula(paste0("~", question)), as.formula(paste0("~", banner)), of, svymean, na.rm = TRUE)
  levels <- nlevels(data[[question]])
  list(share = unname(t(as.matrix(found[, 1 + seq_len(levels)]))), se = unname(t(as.matrix(found[, 1 + levels + seq_len(levels)]))))
}
found <- list(version = as.character(packageVersion("survey")))
for (question in c("wide", "size")) for (banner in c("stype", "comp.imp")) found[[paste(question, banner)]] <- one(question, banner)
write(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(out, "crosstabs.json"))
