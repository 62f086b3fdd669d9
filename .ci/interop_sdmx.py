"""Reads the messages of a folder with sdmx1 and pysdmx, takes what rsdmx read of them, and compares all with
the table cells.tsv."""

import csv
import math
import sys
from pathlib import Path

import sdmx
from pysdmx.io import read_sdmx

FOLDER = Path(sys.argv[1]) if __name__ == "__main__" else None
KEY = ["FREQ", "INDICATOR", "REF_AREA", "STAGE"]
faults = []


def check(what, so, detail=""):
    print(f"{'ok  ' if so else 'FAIL'} {what}{'' if so else f': {detail}'}")
    if not so:
        faults.append(what)


def plain(value):
    """A cell as text; numbers by value, since clients hold them as floats."""
    if value is None or value == "" or value == "NaN" or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def number(text):
    return "" if text == "" else repr(float(text))


def cell(name, value):
    value = plain(value)
    return number(value) if name in ("OBS_VALUE", "NUMERATOR", "DENOMINATOR") else value


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def truth():
    return by_identity(table(FOLDER / "cells.tsv"))


def by_identity(rows):
    return {identity(row): {name: cell(name, row[name]) for name in row} for row in rows}


def identity(row):
    return tuple(row[name] for name in KEY) + (row["TIME_PERIOD"],)


def differences(rows, expected, names):
    got = {identity(row): {name: cell(name, row.get(name)) for name in names} for row in rows}
    want = {key: {name: row[name] for name in names} for key, row in expected.items()}
    return [(key, want.get(key), got.get(key)) for key in want.keys() | got.keys() if want.get(key) != got.get(key)]


def compare(what, rows, expected, names):
    differ = differences(rows, expected, names)
    check(f"{what}: {len(rows)} of {len(expected)} observations, {len(names)} cells each", not differ, differ[:2])


def by_pysdmx(source, validate):
    message = read_sdmx(source, validate=validate)
    return [dataset.data.astype(object).to_dict("records") for dataset in message.data]


def by_sdmx1(message):
    sets = []
    for dataset in message.data:
        rows = []
        for obs in dataset.obs:
            key = obs.key if obs.series_key is None else obs.series_key + obs.dimension
            row = {str(k): str(v.value) for k, v in key.values.items()}
            row["OBS_VALUE"] = obs.value
            row |= {str(k): a.value for k, a in obs.attached_attribute.items()}
            rows.append(row)
        sets.append(rows)
    return sets


def structures():
    ours = read_sdmx(FOLDER / "structure.xml", validate=True)
    theirs = sdmx.read_sdmx(FOLDER / "structure.xml")
    codes = {c.id: [code.id for code in c.codes] for c in ours.get_codelists()}
    check("codes alike", codes == {k: list(c.items) for k, c in theirs.codelist.items()}, codes)
    dsd, other = ours.get_data_structure_definitions()[0], theirs.structure["DSD_INDICATORS"]
    components = [c.id for c in dsd.components.dimensions]
    check("dimensions alike", components == [d.id for d in other.dimensions.components] == KEY + ["TIME_PERIOD"], components)
    attributes = [c.id for c in dsd.components.attributes]
    check("attributes alike", attributes == [a.id for a in other.attributes.components], attributes)
    name = theirs.codelist["CL_INDICATOR"]["firms"].name
    check("names in both languages", name.localizations == {"vi": "Doanh nghiệp <đổi mới> & sáng tạo", "en": "Innovating firms"}, name)
    area = theirs.codelist["CL_AREA"]["66@2025-07-01"]
    check("areas form a tree", area.parent is not None and area.parent.id == "VN@", area)
    if (FOLDER / "rsdmx-codes.tsv").exists():
        read = {}
        for row in table(FOLDER / "rsdmx-codes.tsv"):
            read.setdefault(row["list"], []).append(row["code"])
        check("rsdmx: codes alike", read == codes, read)
    return other


def availability():
    read_sdmx(FOLDER / "availability.xml", validate=True)
    constraint = sdmx.read_sdmx(FOLDER / "availability.xml").constraint["CC_INDICATORS"]
    region = constraint.data_content_region[0]
    values = {member.values_for.id: [value.value for value in member.values if hasattr(value, "value")] for member in region.member.values()}
    expected = {name: {row[i] for row in truth()} for i, name in enumerate(KEY)}
    check("availability names the codes there are data for", all(set(values[n]) == expected[n] for n in KEY), values)


def main():
    expected = truth()
    names = list(next(iter(expected.values())))
    dsd = structures()
    availability()
    pysdmx = lambda name: by_pysdmx(FOLDER / name, name.endswith(".xml"))
    sdmx1 = lambda name: by_sdmx1(sdmx.read_sdmx(FOLDER / name, structure=dsd))
    for name in ["series.xml", "flat.xml", "data-1.csv", "data-2.csv"]:
        [rows] = pysdmx(name)
        compare(f"pysdmx {name}", rows, expected, names)
        # sdmx1 refuses SDMX-CSV 1.0.
        if name != "data-1.csv":
            [rows] = sdmx1(name)
            compare(f"sdmx1 {name}", rows, expected, names)
    if (FOLDER / "rsdmx.tsv").exists():
        compare("rsdmx series.xml", table(FOLDER / "rsdmx.tsv"), expected, names)
    counts = [len(rows) for rows in pysdmx("history.xml")], [len(rows) for rows in sdmx1("history.xml")]
    check("history in two sets", counts == ([1, len(expected)],) * 2, counts)
    wrong = {key: dict(row) for key, row in expected.items()}
    next(iter(wrong.values()))["OBS_VALUE"] = "-1.0"
    seen = differences(pysdmx("series.xml")[0], wrong, names)
    check("the comparison sees a changed cell", len(seen) == 1, seen)
    print(f"{len(faults)} failed")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
