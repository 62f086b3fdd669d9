# Reads the messages of a folder with rsdmx and writes what it read as tables for interop_sdmx.py. rsdmx knows
# data in series only.
library(rsdmx)
folder <- commandArgs(trailingOnly = TRUE)[1]
data <- as.data.frame(readSDMX(file.path(folder, "series.xml"), isURL = FALSE))
structure <- readSDMX(file.path(folder, "structure.xml"), isURL = FALSE)
lists <- slot(slot(structure, "codelists"), "codelists")
codes <- do.call(rbind, lapply(lists, function(list) {
  data.frame(list = slot(list, "id"), code = sapply(slot(list, "Code"), function(code) slot(code, "id")))
}))
save <- function(table, name) {
  write.table(table, file.path(folder, name), sep = "\t", quote = FALSE, na = "", row.names = FALSE, fileEncoding = "UTF-8")
}
save(data, "rsdmx.tsv")
save(codes, "rsdmx-codes.tsv")
