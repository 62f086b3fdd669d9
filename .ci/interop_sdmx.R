# Reads data and structures with rsdmx, from files or addresses, and writes what it read into a folder as tables for
# interop_sdmx.py and interop_sdmx_served.py. rsdmx knows data in series only.
library(rsdmx)
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
read <- function(place) readSDMX(place, isURL = startsWith(place, "http"))
data <- as.data.frame(read(arguments[2]))
structure <- read(arguments[3])
lists <- slot(slot(structure, "codelists"), "codelists")
codes <- do.call(rbind, lapply(lists, function(list) {
  data.frame(list = slot(list, "id"), code = sapply(slot(list, "Code"), function(code) slot(code, "id")))
}))
save <- function(table, name) {
  write.table(table, file.path(folder, name), sep = "\t", quote = FALSE, na = "", row.names = FALSE, fileEncoding = "UTF-8")
}
save(data, "rsdmx.tsv")
save(codes, "rsdmx-codes.tsv")
