"""The demo province against its own description, as a visitor and as several of its people.

Each follows the links of the pages, a few addresses for each template, and what these answer as JSON must be as
described; then schemathesis asks what nobody would, with these addresses among its examples: no answer may be a fault
of the server, and each must be as described.

    openapi.py PROGRAM                  also as .ci/openapi
    openapi.py PROGRAM --record FILE    keeps the answers instead, for the test that widens the description by them
"""

import html
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import jsonschema_rs
import requests

sys.path.insert(0, str(Path(__file__).parent))
from rig import PASSWORD, free_port, hidden, until  # noqa: E402

PROGRAM = sys.argv[1]
RECORD = sys.argv[3] if sys.argv[2:3] == ["--record"] else None
EXAMPLES = "5"
PEOPLE = [None, "khcn", "vpubnd", "lanhdao", "kiemtra", "doanhnghiep", "nguoidan", "vanhanh"]
# So many addresses of each template are looked at.
EACH = 6
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
faults = []


def fault(text):
    if text not in faults:
        print("FAIL", text[:600])
        faults.append(text)


def sign_in(base, login):
    session = requests.Session()
    if login:
        token = hidden(session.get(f"{base}/sign-in", headers={"Accept": "text/html"}).text, "csrf")
        answer = session.post(f"{base}/sign-in", {"csrf": token, "login": login, "password": PASSWORD})
        assert answer.status_code == 200, (login, answer.status_code)
    return session


class Description:
    def __init__(self, document):
        self.document = document
        self.templates = []
        for path, operations in document["paths"].items():
            if "get" in operations and not path.startswith("/sdmx/"):
                pattern = re.sub(r"\{[^}]+\}", "([^/]+)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))
                self.templates.append((path.count("{"), path, re.compile(pattern)))
        self.templates.sort()
        self.schemas = {}

    def template(self, address):
        """The template with the fewest variables that an address fits, and what stands for them."""
        for _, path, pattern in self.templates:
            found = pattern.fullmatch(address.split("?")[0])
            if found:
                return path, dict(zip(re.findall(r"\{([^}]+)\}", path), found.groups()))
        return None, {}

    def check(self, who, address, answer):
        path, _ = self.template(address)
        where = f"{who}: GET {address}"
        responses = self.document["paths"][path]["get"]["responses"]
        key = str(answer.status_code)
        key = key if key in responses else f"{key[0]}XX"
        if answer.status_code >= 500:
            return fault(f"{where} answers {answer.status_code}")
        if key not in responses:
            return fault(f"{where} answers {answer.status_code}, which is not described")
        if "$ref" in responses[key]:
            key_path = responses[key]["$ref"]
        else:
            key_path = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/get/responses/{key}"
        media = answer.headers.get("content-type", "")
        response = self.document
        for part in key_path[2:].split("/"):
            response = response[part.replace("~1", "/").replace("~0", "~")]
        if answer.is_redirect or not answer.content:
            return None
        if media not in response.get("content", {}) and "*/*" not in response.get("content", {}):
            return fault(f"{where} answers {media!r}, which is not described")
        if media == "application/json":
            pointer = f"{key_path}/content/application~1json/schema"
            if pointer not in self.schemas:
                part = pointer.replace("{", "%7B").replace("}", "%7D")
                self.schemas[pointer] = jsonschema_rs.validator_for({"$ref": part, **self.document})
            errors = list(self.schemas[pointer].iter_errors(answer.json()))
            for error in errors[:3]:
                place = "/".join(map(str, error.instance_path))
                fault(f"{where}: {place}: {error.message[:200]}")


def crawl(base, who, session, description, recorded):
    """Follows links from the first page; what each template stands for."""
    seen, queue, taken = set(), ["/", "/tasks", "/documents", "/reports", "/history", "/accounts", "/system", "/search?q=so"], defaultdict(list)
    while queue:
        address = queue.pop(0)
        path, values = description.template(address)
        if address in seen or path in (None, "/language", "/openapi.json") or len(taken[path]) >= EACH:
            continue
        seen.add(address)
        taken[path].append(values)
        answer = session.get(base + address, headers={"Accept": "application/json"}, allow_redirects=False)
        # What else there is of a thing, linked or not.
        below = [other[len(path):] for _, other, _ in description.templates if other.startswith(f"{path}/")]
        queue += [address.split("?")[0] + rest for rest in below if values and "{" not in rest]
        if recorded is None:
            description.check(who, address, answer)
        elif answer.ok and not answer.is_redirect:
            recorded.write(json.dumps({"route": ["GET", path], "reader": who or "visitor", "status": answer.status_code,
                                       "media": answer.headers.get("content-type", ""), "body": answer.text}) + "\n")
        page = session.get(base + address, headers={"Accept": "text/html"})
        if page.status_code >= 500:
            fault(f"{who}: GET {address} as a page answers {page.status_code}")
        if page.headers.get("content-type", "").startswith("text/html"):
            links = [html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page.text)]
            queue += [link for link in links if "format=" not in link]
    print(f"{who or 'a visitor'}: {len(seen)} addresses of {sum(map(bool, taken.values()))} templates")
    return taken


def with_examples(document, taken):
    """The description with what was found standing for the variables of addresses."""
    copy = json.loads(json.dumps(document))
    for path, values in taken.items():
        for parameter in copy["paths"][path]["get"].get("parameters", []):
            found = [each[parameter["name"]] for each in values if parameter.get("in") == "path"]
            if found:
                parameter["examples"] = {str(i): {"value": value} for i, value in enumerate(found)}
    return copy


def schemathesis(base, who, session, document, folder):
    place = folder / "openapi.json"
    place.write_text(json.dumps(document))
    command = [Path(sys.executable).parent / "schemathesis", "run", place, "--url", base, "--checks", CHECKS,
               "-H", "Accept: application/json", "-n", EXAMPLES, "--seed", "7", "--phases", "examples,coverage,fuzzing",
               "--exclude-path", "/sign-out", "--exclude-path-regex", "^/sdmx/", "--warnings", "off", "--no-color",
               "--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "60",
               "--generation-database", "none"]
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    if cookies:
        command += ["-H", f"Cookie: {cookies}"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=folder)
    print(f"{who or 'a visitor'}: schemathesis ends with {done.returncode}")
    print("\n".join(line for line in done.stdout.splitlines() if re.search(r"[Tt]est cases|Operations|Tested|passed|Seed", line)))
    if done.returncode:
        print(done.stdout[-12000:], done.stderr[-2000:])
        fault(f"{who}: schemathesis")


def main():
    folder = Path(tempfile.mkdtemp(prefix="dotpha-openapi-"))
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    log = open(folder / "demo.log", "w")
    demo = subprocess.Popen([PROGRAM, "demo", "--data", folder / "demo", "--address", f"127.0.0.1:{port}",
                             "--password", PASSWORD], stdout=log, stderr=log)
    try:
        def answers():
            if demo.poll() is not None:
                raise SystemExit("FAILED: the demo ended:\n" + (folder / "demo.log").read_text()[-2000:])
            try:
                return requests.get(f"{base}/healthz", timeout=5).status_code == 200
            except requests.RequestException:
                return False
        until("the demo answers", answers, 300)
        document = requests.get(f"{base}/openapi.json").json()
        description = Description(document)
        recorded = open(RECORD, "w") if RECORD else None
        for login in PEOPLE:
            session = sign_in(base, login)
            taken = crawl(base, login, session, description, recorded)
            if recorded is None:
                schemathesis(base, login, session, with_examples(document, taken), folder)
    finally:
        demo.terminate()
        demo.wait(60)
        subprocess.run(["rm", "-rf", folder], check=False)
    print(f"{len(faults)} failed")
    sys.exit(bool(faults))


main()
