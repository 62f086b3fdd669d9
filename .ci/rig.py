"""What the trials with several processes share: clusters of PostgreSQL, servers, nginx, browsers."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
ROOT = Path(__file__).resolve().parent.parent
# Where clusters and folders are made: a place in memory spares a busy disk. Processes are killed, not machines.
PLACE = os.environ.get("DOTPHA_TRIALS", "/tmp")
PASSWORD = "buon-don-ho-lak"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, so, seconds=60):
    """Asks again until it is so."""
    end = time.monotonic() + seconds
    while True:
        value = so()
        if value:
            return value
        if time.monotonic() > end:
            raise SystemExit(f"FAILED: {what}: not within {seconds} s")
        time.sleep(0.05)


def as_postgres(*command, **more):
    """PostgreSQL refuses to run as root."""
    user = {"user": "postgres"} if os.getuid() == 0 else {}
    return subprocess.run(list(map(str, command)), check=True, cwd="/", text=True, capture_output=True, **user, **more)


class Cluster:
    """A cluster of PostgreSQL of our own."""

    def __init__(self, name, settings=(), from_primary=None, copy_of=None):
        self.folder = Path(tempfile.mkdtemp(prefix=f"dotpha-{name}-", dir=PLACE))
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", self.folder], check=True)
        self.data, self.port = self.folder / "data", free_port()
        if copy_of:
            as_postgres("cp", "-r", copy_of.data, self.data)
        elif from_primary:
            as_postgres(BIN / "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
                        "-d", f"{from_primary.dsn()}?application_name=standby")
        else:
            as_postgres(BIN / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8")
        self.settings = [f"port={self.port}", f"unix_socket_directories={self.folder}",
                         "listen_addresses=127.0.0.1", "max_connections=100", *settings]
        self.start()

    def start(self):
        # Settings that are quoted lists come as one argument each.
        options = " ".join(f"-c {s}" for s in self.settings)
        log = self.folder / "log"
        user = {"user": "postgres"} if os.getuid() == 0 else {}
        subprocess.run([BIN / "pg_ctl", "-D", self.data, "-l", log, "-w", "-o", options, "start"], check=True,
                       cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)

    def dsn(self, database="postgres"):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, text):
        return as_postgres(BIN / "psql", "-X", "-A", "-t", "-q", "-d", self.dsn(), "-c", text).stdout.strip()

    def halt(self):
        as_postgres(BIN / "pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")

    def kill(self):
        """Everything of it at once, as when its machine loses power."""
        main = int((self.data / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(main)], capture_output=True, text=True).stdout.split()
        for pid in [main, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def promote(self):
        as_postgres(BIN / "pg_ctl", "-D", self.data, "-w", "promote")

    def stop(self):
        try:
            as_postgres(BIN / "pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        except subprocess.CalledProcessError:
            pass  # killed before
        subprocess.run(["rm", "-rf", self.folder], check=False)


class Server:
    """One `dotpha serve`."""

    def __init__(self, program, folder, database, name, port=None, **settings):
        self.program, self.folder, self.database, self.name = program, Path(folder), database, name
        self.port = port or free_port()
        self.settings = settings
        self.start()

    def start(self, wait=True):
        variables = {**os.environ, "DOTPHA_LOG": "warn", **{f"DOTPHA_{k.upper()}": str(v) for k, v in self.settings.items()}}
        self.log = open(self.folder / f"{self.name}.log", "a")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.folder, "--database", self.database,
             "--address", f"127.0.0.1:{self.port}", "--secure-cookies"],
            env=variables, stdout=self.log, stderr=self.log)
        if wait:
            self.ready()

    def ready(self):
        def answers():
            if self.process.poll() is not None:
                raise SystemExit(f"FAILED: {self.name} ended:\n" + (self.folder / f"{self.name}.log").read_text()[-2000:])
            return self.health() == 200
        until(f"{self.name} answers", answers, 120)

    def health(self):
        try:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            link.request("GET", "/sign-in")
            return link.getresponse().status
        except OSError:
            return None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def run(program, *arguments, given=""):
    """A command of the program; its outcome and what it said."""
    done = subprocess.run([program, *map(str, arguments)], text=True, capture_output=True, input=given)
    return done.returncode, done.stdout + done.stderr


class Browser:
    """One person's browser: keeps cookies, reads tokens and keys out of forms."""

    def __init__(self, port, tls=True):
        self.port, self.tls, self.cookies = port, tls, {}

    def request(self, method, path, fields=None):
        """Status, headers, text; status 0 when the line broke."""
        try:
            if self.tls:
                trust = ssl._create_unverified_context()
                link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trust)
            else:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            headers = {"Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            body = None
            if fields is not None:
                body = urllib.parse.urlencode(fields)
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.split(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.headers, text
        except (OSError, http.client.HTTPException):
            return 0, {}, ""

    def page(self, path, failures):
        """A page, looked at again when a process died over it."""
        while True:
            status, headers, text = self.request("GET", path)
            if status not in (0, 502, 503, 504):
                return status, headers, text
            failures.append((path, status))
            time.sleep(0.2)

    def sign_in(self, login, failures):
        while True:
            _, _, text = self.page("/sign-in", failures)
            status, _, _ = self.request("POST", "/sign-in", {"csrf": hidden(text, "csrf"), "login": login,
                                                             "password": PASSWORD})
            if status == 303:
                return
            failures.append(("POST /sign-in", status))
            if status not in (0, 500, 502, 503, 504, 429):
                raise SystemExit(f"FAILED: signing in as {login} answers {status}")
            time.sleep(0.3)


def title(text):
    found = re.search("<title>([^<]*)</title>", text)
    return found.group(1).strip() if found else ""


def hidden(text, name):
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    return found.group(1) if found else ""


def nginx(folder, ports, listen):
    """nginx with the product's own site file, on our ports and with a certificate of our own."""
    folder = Path(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "chain.pem"],
                   check=True, stderr=subprocess.DEVNULL)
    site = (ROOT / "packaging/nginx/dotpha.conf").read_text()
    for old, new in [("127.0.0.1:8081", f"127.0.0.1:{ports[0]}"), ("127.0.0.1:8082", f"127.0.0.1:{ports[1]}"),
                     ("listen 443 ssl", f"listen 127.0.0.1:{listen} ssl"),
                     ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
                     ("/etc/dotpha/tls", str(folder)), ("/var/log/nginx/dotpha.log", str(folder / "access.log"))]:
        assert old in site, f"the site file has no {old}"
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"  include {folder}/site.conf; }}\n")
    check = subprocess.run(["/usr/sbin/nginx", "-t", "-c", folder / "nginx.conf"], text=True, capture_output=True)
    assert check.returncode == 0, check.stderr
    return subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)


class Officers:
    """People who enter figures, each form sent again until it is taken, as one presses the button again."""

    def __init__(self, port, logins, tls=True, every=60):
        self.port, self.tls, self.every = port, tls, every
        self.acknowledged, self.failures, self.signed_in, self.sent = [], [], 0, 0
        self.lock, self.over = threading.Lock(), threading.Event()
        self.signed_out = 0
        self.threads = [threading.Thread(target=self.work, args=(login, n), daemon=True) for n, login in enumerate(logins)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def work(self, login, number):
        browser, failures, entered = Browser(self.port, self.tls), [], 0
        browser.sign_in(login, failures)
        self.note(failures, signed_in=1)
        while not self.over.is_set():
            if entered and entered % self.every == 0:
                browser.cookies.clear()
                browser.sign_in(login, failures)
                self.note(failures, signed_in=1)
            status, _, form = browser.page("/observations/new", failures)
            fields = {"csrf": hidden(form, "csrf"), "key": hidden(form, "key"), "indicator": "cashless_transactions_pct",
                      "area": "66@2025-07-01", "period": "2025", "value": "41,5", "stage": "reported",
                      "vintage": "30/6/2026", "source": f"thử {uuid.uuid4()}"}
            if not fields["key"]:
                # The page that asks to sign in: the session did not survive. Or a fault, told as what it is.
                if status == 401:
                    self.signed_out += 1
                    browser.sign_in(login, failures)
                else:
                    failures.append((f"GET /observations/new: {title(form)}", status))
                    self.note(failures)
                continue
            self.sent += 1
            status, answer = self.send(browser, fields, failures)
            self.note(failures)
            if status == 303:
                entered += 1
                with self.lock:
                    self.acknowledged.append((time.monotonic(), fields["key"], fields["source"]))
            elif status == 401:
                self.signed_out += 1
                browser.sign_in(login, failures)
            elif status is not None:
                self.note([(f"POST /observations: {title(answer)}", status)])

    def send(self, browser, fields, failures):
        """Until it is taken; gives up only when the trial is over."""
        while True:
            status, _, answer = browser.request("POST", "/observations", fields)
            if status not in (0, 500, 502, 503, 504):
                return status, answer
            failures.append(("POST /observations", status))
            if self.over.is_set():
                return None, ""
            time.sleep(0.2)

    def note(self, failures, signed_in=0):
        with self.lock:
            self.failures.extend((time.monotonic(), *failure) for failure in failures)
            self.signed_in += signed_in
        failures.clear()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(90)
