# The numbers of docs/from_r.md. Run in the root of the repository: Rscript tests/golden/from_r.R > tests/golden/from_r.json
suppressMessages(library(survey))

nhanes <- read.csv("tests/golden/nhanes.csv")
city <- subset(read.csv("tests/golden/city.csv"), wave == 1) # every sampling point answers in both waves
nh <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
known <- subset(nh, !is.na(HI_CHOL))
city1 <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = city)
both <- subset(city1, !is.na(y1) & !is.na(y2))
sexes <- data.frame(RIAGENDR = 1:2, Freq = c(1.3e8, 1.4e8))
people <- c(`(Intercept)` = 1.1e6, `age30-44` = 350000, `age45-59` = 250000, `age60+` = 200000, sexM = 540000)
raked <- calibrate(city1, ~age + sex, people, calfun = "raking", epsilon = 1e-12, maxit = 200)

of <- function(x) list(estimate = as.vector(coef(x)), std_error = as.vector(SE(x)))
rate <- function(x) c(of(x), list(conf_low = attr(x, "ci")[[1]], conf_high = attr(x, "ci")[[2]]))
rates <- function(x) list(estimate = x$HI_CHOL, std_error = x[[3]], conf_low = x$ci_l, conf_high = x$ci_u)
test <- function(x) list(statistic = as.vector(x$statistic), df = as.vector(x$parameter), p_value = as.vector(x$p.value))

# The average effect as a function of the weights, for the jackknife.
effect <- function(w, data) {
  data$.w <- w / mean(w)
  model <- suppressWarnings(glm(HI_CHOL ~ factor(race) + factor(RIAGENDR), quasibinomial(), data, weights = .w))
  of_sex <- function(sex) sum(w * predict(model, transform(data, RIAGENDR = sex), type = "response")) / sum(w)
  of_sex(2) - of_sex(1)
}

calls <- list(
  declare = quote(list(n = nrow(nh), weight = sum(weights(nh)), df = degf(nh))),
  rate_by_group = quote(rates(svyby(~HI_CHOL, ~race, known, svyciprop, vartype = c("se", "ci"), method = "xlogit"))),
  domain = quote(rate(svyciprop(~HI_CHOL, subset(known, RIAGENDR == 1), method = "xlogit"))),
  total = quote(of(svytotal(~HI_CHOL, known))),
  ratio = quote(of(svyratio(~y1, ~y2, both))),
  post_stratify = quote(of(svymean(~HI_CHOL, postStratify(nh, ~RIAGENDR, sexes), na.rm = TRUE))),
  rake = quote(of(svyby(~y1, ~district, raked, svymean, na.rm = TRUE))),
  difference = quote(of(svycontrast(svyby(~HI_CHOL, ~RIAGENDR, known, svymean, covmat = TRUE), c(-1, 1)))),
  association = quote(test(svychisq(~HI_CHOL + race, nh, statistic = "F"))),
  regression = quote(of(svyglm(HI_CHOL ~ factor(race) + factor(RIAGENDR), nh, family = quasibinomial()))),
  average_effect = quote(of(svycontrast(svypredmeans(
    svyglm(HI_CHOL ~ factor(race), nh, family = quasibinomial()), ~factor(RIAGENDR)
  ), c(-1, 1)))),
  jackknife = quote(of(withReplicates(as.svrepdesign(known, type = "JKn"), effect)))
)

json <- function(x) {
  if (is.list(x)) return(paste0("{", paste0("\"", names(x), "\": ", sapply(x, json), collapse = ", "), "}"))
  if (is.character(x)) return(encodeString(x, quote = "\""))
  numbers <- format(as.vector(x), digits = 17, trim = TRUE)
  if (length(numbers) == 1) numbers else paste0("[", paste(numbers, collapse = ", "), "]")
}
records <- sapply(names(calls), function(name) {
  call <- gsub("\\s+", " ", paste(deparse(calls[[name]], width.cutoff = 500), collapse = " "))
  paste0("  ", json(list(id = name, call = call, result = eval(calls[[name]]))))
})
source <- paste0(R.version$language, " ", R.version$major, ".", R.version$minor, ", package survey ", packageVersion("survey"))
cat("{\n \"source\": \"", source, "\",\n \"records\": [\n", paste(records, collapse = ",\n"), "\n ]\n}\n", sep = "")
