"""Data as files that statistical programs read: SPSS, Stata, R, Parquet, Excel and DDI, all with the same codes."""
