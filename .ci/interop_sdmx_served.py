"""Starts the demo province and reads what it serves below /sdmx/2.1 with sdmx1, pysdmx and, where R is there, rsdmx:
each must give, cell by cell, what the page of observations gives as JSON, to a visitor and to an officer.

    interop_sdmx_served.py PROGRAM FOLDER
"""

import subprocess
import sys
from pathlib import Path

import httpx
import sdmx
from pysdmx.api.qb.availability import AvailabilityFormat, AvailabilityQuery
from pysdmx.api.qb.data import DataContext, DataFormat, DataQuery
from pysdmx.api.qb.service import RestService
from pysdmx.api.qb.structure import StructureDetail, StructureFormat, StructureQuery, StructureReference, StructureType
from pysdmx.api.qb.util import ApiVersion
from pysdmx.io import read_sdmx

sys.path.insert(0, str(Path(__file__).parent))
from interop_sdmx import KEY, by_identity, by_pysdmx, by_sdmx1, check, compare, faults, plain, table  # noqa: E402
from rig import PASSWORD, free_port, hidden, until  # noqa: E402

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
AGENCY, FLOW = "VN66", "INDICATORS"
ML = DataFormat.SDMX_ML_2_1_STR.value
CELLS = {"OBS_VALUE": "value", "NUMERATOR": "numerator", "DENOMINATOR": "denominator", "VINTAGE": "vintage",
         "SOURCE": "source", "METHOD": "method", "NOTE": "note"}


def theirs(period):
    """A period of ours as SDMX has it, and its frequency."""
    if "/" in period:
        first, last = period.split("/")
        return f"{first}-01-01/P{int(last) - int(first) + 1}Y", "_O"
    year, _, part = period.partition("-")
    if part == "9M":
        return f"{year}-01-01/P9M", "_O"
    if part.startswith("H"):
        return f"{year}-S{part[1:]}", "S"
    if part.startswith("M"):
        return f"{year}-{part[1:]}", "M"
    return (period, "Q") if part else (period, "A")


def truth(client):
    """What the pages say: of several figures of one stage and period the one that prevails by its indicator's rule."""
    listed, page = [], 1
    while True:
        answer = client.get("/observations", params={"format": "json", "limit": 500, "page": page}).json()
        listed += answer["observations"]
        if len(listed) >= answer["total"] or not answer["observations"]:
            break
        page += 1
    # SDMX tells wholes: the part that one organisation has in a figure is not asked for.
    listed = [row for row in listed if not row.get("breakdown")]
    rules = {}
    for name in {row["indicator"] for row in listed}:
        definition = client.get(f"/indicators/{name}", params={"format": "json"}).json()
        rules[name] = definition["indicator"]["series"]["prevailing"]["vintage"]
    rows = {}
    # The list has the figure recorded last first: among figures of one publication that one stays.
    for row in listed:
        time, frequency = theirs(row["period"])
        key = dict(zip(KEY, (frequency, row["indicator"], row["area"], row["stage"])), TIME_PERIOD=time)
        cells = key | {name: plain(row.get(field)) for name, field in CELLS.items()}
        place = tuple(key.values())
        known = rows.get(place)
        newer = known and (row["vintage"] > known["VINTAGE"]) == (rules[row["indicator"]] == "latest")
        if known is None or (row["vintage"] != known["VINTAGE"] and newer):
            rows[place] = cells
    return by_identity(rows.values())


def sign_in(base, login):
    client = httpx.Client(base_url=base, follow_redirects=True, timeout=60)
    if login:
        token = hidden(client.get("/sign-in", headers={"Accept": "text/html"}).text, "csrf")
        answer = client.post("/sign-in", data={"csrf": token, "login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
    return client


def as_reader(base, login):
    client = sign_in(base, login)
    expected = truth(client)
    names = list(next(iter(expected.values())))
    who = login or "a visitor"
    root = f"{base}/sdmx/2.1"
    session = sdmx.session.Session()
    session.cookies.update(dict(client.cookies))
    theirs_client = sdmx.Client("VN66", session=session)
    flow = theirs_client.dataflow(FLOW)
    dsd = flow.structure["DSD_INDICATORS"]
    check(f"{who}: sdmx1 finds the flow with its structure", FLOW in flow.dataflow and dsd.dimensions, flow)
    message = theirs_client.data(FLOW, dsd=dsd)
    compare(f"{who}: sdmx1, the flow by its client", by_sdmx1(message)[0], expected, names)
    for accept in [ML, "application/vnd.sdmx.data+csv;version=1.0.0", "application/vnd.sdmx.data+csv;version=2.0.0"]:
        xml = "xml" in accept
        for layout in ["TIME_PERIOD", "AllDimensions"] if xml else ["TIME_PERIOD"]:
            address = f"{root}/data/{FLOW}/all/all?dimensionAtObservation={layout}"
            answer = client.get(address, headers={"Accept": accept})
            check(f"{who}: {accept}", answer.headers["content-type"] == accept, answer.headers)
            place = FOLDER / ("message.xml" if xml else "message.csv")
            place.write_bytes(answer.content)
            [rows] = by_pysdmx(place, xml)
            compare(f"{who}: pysdmx, {accept} {layout}", rows, expected, names)
            if "1.0.0" not in accept:
                [rows] = by_sdmx1(sdmx.read_sdmx(place, structure=dsd))
                compare(f"{who}: sdmx1, {accept} {layout}", rows, expected, names)
    return expected, names


def told(answer):
    """pysdmx's service hands out bytes, its reader takes text."""
    return answer.decode("utf-8")


def by_the_service_of_pysdmx(base, expected, names):
    """Asks with the queries that pysdmx makes itself, and validates each answer by the schemas of the standard."""
    service = RestService(f"{base}/sdmx/2.1", ApiVersion.V1_5_0, data_format=DataFormat.SDMX_ML_2_1_STR,
                          structure_format=StructureFormat.SDMX_ML_2_1,
                          avail_format=AvailabilityFormat.SDMX_ML_2_1, timeout=60)
    flow = DataContext.DATAFLOW
    rows = by_pysdmx(told(service.data(DataQuery(flow, AGENCY, FLOW, "1.0"))), True)[0]
    compare("pysdmx by its service", rows, expected, names)
    for kind in [StructureType.DATAFLOW, StructureType.DATA_STRUCTURE, StructureType.CODELIST, StructureType.CONCEPT_SCHEME]:
        for references in [StructureReference.NONE, StructureReference.ALL]:
            for detail in [StructureDetail.FULL, StructureDetail.ALL_STUBS]:
                query = StructureQuery(kind, AGENCY, references=references, detail=detail)
                read_sdmx(told(service.structure(query)), validate=True)
    check("pysdmx reads and validates every structure", True)
    answer = told(service.availability(AvailabilityQuery(flow, AGENCY, FLOW, "1.0")))
    read_sdmx(answer, validate=True)
    place = FOLDER / "availability.xml"
    place.write_text(answer, encoding="utf-8")
    region = next(iter(sdmx.read_sdmx(place).constraint.values())).data_content_region[0]
    values = {member.values_for.id: {value.value for value in member.values if hasattr(value, "value")}
              for member in region.member.values()}
    codes = {name: {key[i] for key in expected} for i, name in enumerate(KEY)}
    check("availability names the codes there are data for", all(values[name] == codes[name] for name in KEY), values)
    history = by_pysdmx(told(service.data(DataQuery(flow, AGENCY, FLOW, "1.0", include_history=True))), True)
    standing = {tuple(row[name] for name in KEY) + (row["TIME_PERIOD"],) for rows in history for row in rows}
    check("history, validated by pysdmx, tells of every observation", standing >= set(expected), len(standing))
    error = httpx.get(f"{base}/sdmx/2.1/data/NONE", timeout=60)
    check("an error is a message of the standard", error.status_code == 404 and b"ErrorMessage" in error.content, error.content)


def by_rsdmx(base, expected, names):
    if subprocess.run(["Rscript", "-e", "library(rsdmx)"], capture_output=True).returncode:
        print("rsdmx is left out: r-cran-rsdmx is not installed")
        return
    script = Path(__file__).parent / "interop_sdmx.R"
    root = f"{base}/sdmx/2.1"
    subprocess.run(["Rscript", script, FOLDER, f"{root}/data/{FLOW}/all/all/",
                    f"{root}/datastructure/{AGENCY}/DSD_INDICATORS/latest?references=children"], check=True)
    compare("rsdmx over HTTP", table(FOLDER / "rsdmx.tsv"), expected, names)


def main():
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    sdmx.add_source({"id": "VN66", "name": "Đột Phá", "url": f"{base}/sdmx/2.1"})
    log = open(FOLDER / "demo.log", "w")
    demo = subprocess.Popen([PROGRAM, "demo", "--data", FOLDER / "demo", "--address", f"127.0.0.1:{port}",
                             "--password", PASSWORD], stdout=log, stderr=log)
    try:
        def answers():
            if demo.poll() is not None:
                raise SystemExit("FAILED: the demo ended:\n" + (FOLDER / "demo.log").read_text()[-2000:])
            try:
                return httpx.get(f"{base}/healthz").status_code == 200
            except httpx.HTTPError:
                return False
        until("the demo answers", answers, 300)
        expected, names = as_reader(base, None)
        by_the_service_of_pysdmx(base, expected, names)
        by_rsdmx(base, expected, names)
        inside, _ = as_reader(base, "khcn")
        check(f"an officer is told more than a visitor: {len(inside)} and {len(expected)}", len(inside) > len(expected))
    finally:
        demo.terminate()
        demo.wait(60)
    print(f"{len(faults)} failed")
    sys.exit(bool(faults))


main()
