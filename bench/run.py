#!/usr/bin/env python3
"""Measures Overcoat beside its peers in one run and writes the table of bench/README.md.

Usage: bench/run.py [--seconds N] [--no-write]. All servers are started here on free loopback ports and ended here.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import workload

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CONNECTIONS = {"0.5 KB": 32, "50 KB": 32, "5 MB": 8}
GIB = 1 << 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Servers:
    """Processes that this run started; all are ended when it leaves."""

    def __init__(self):
        self.started = []

    def start(self, command, port, **options):
        process = subprocess.Popen([str(c) for c in command], **options)
        self.started.append(process)
        deadline = time.time() + 30
        while time.time() < deadline:
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended with {process.returncode}")
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.05)
        sys.exit(f"{command[0]} did not listen on port {port} within 30 s")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            process.terminate()
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def nginx(servers, work, name, port, upstream):
    text = (HERE / f"nginx_{name}.conf").read_text()
    text = text.replace("@DIR@", str(work)).replace("@LISTEN@", f"127.0.0.1:{port}").replace("@UPSTREAM@", upstream)
    conf = work / f"{name}.conf"
    conf.write_text(text)
    servers.start(["nginx", "-p", work, "-c", conf], port)


def overcoat(servers, work, name, upstream):
    """Starts Overcoat with the rules of bench/overcoat; the person is named by a trusted front proxy, so no sign-in is timed."""
    home = work / name
    shutil.copytree(HERE / "overcoat", home)
    for shared in ["model.conf", "data-classes.yaml"]:
        shutil.copy(ROOT / "policies" / shared, home / "policies" / shared)
    port = free_port()
    settings = (home / "overcoat.yaml").read_text()
    for key, value in {"PORT": port, "CONTROL": free_port(), "UPSTREAM": upstream, "HOME": home}.items():
        settings = settings.replace(f"@{key}@", str(value))
    (home / "overcoat.yaml").write_text(settings)
    (home / "master.key").write_text("00112233445566778899aabbccddeeff" * 2)
    os.chmod(home / "master.key", 0o600)
    process = servers.start(
        [TARGET / "release" / "overcoat", "serve", "--config", home / "overcoat.yaml"],
        port,
        stdout=subprocess.DEVNULL,
        stderr=open(home / "log", "w"),
    )
    return port, process


def headers(role):
    return {"X-Bench-User": "bench", "X-Bench-Roles": role}


def check(port, path, role, masks):
    """A row counts only if what it measures is right: the named fields are changed, and nothing else is."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers(role))
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    original = (WORK / "bodies" / path.rsplit("/", 1)[1]).read_bytes()
    if not masks and body != original:
        sys.exit(f"{path} for {role}: differs from the CRM's answer")
    for got, was in zip(json.loads(body)["items"], json.loads(original)["items"], strict=True):
        changed = {name for name in was if got[name] != was[name]}
        if changed != set(masks):
            sys.exit(f"{path} for {role}: changed {sorted(changed)}, expected {sorted(masks)}")


def wrk(port, path, role, connections, seconds):
    """Requests a second; errors end the run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    for name, value in headers(role).items():
        command += ["-H", f"{name}: {value}"]
    out = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"{path}: {out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def growth_of(process, port, path, role):
    """How much resident memory grows, in MiB, while one large answer runs through; and how fast it ran, in MB/s."""
    before = peak = resident_mib(process.pid)
    done = threading.Event()

    def watch():
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident_mib(process.pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    started, size = time.time(), 0
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers(role))
    with urllib.request.urlopen(request) as answer:
        while chunk := answer.read(1 << 20):
            size += len(chunk)
    took = time.time() - started
    done.set()
    watcher.join()
    if size < GIB * 0.9:
        sys.exit(f"{path}: only {size} bytes arrived")
    return peak - before, size / took / 1e6


THREE = ("mobile", "id_card", "email")
# Row: who serves, path prefix, role, fields that must differ.
ROWS = [
    ("bare pingora, bytes passed", "pass", "", "none", ()),
    ("Overcoat, no rule", "overcoat", "/none", "bench-partial", ()),
    ("Overcoat, three fields masked", "overcoat", "/three", "bench-partial", THREE),
    ("Overcoat, three fields masked, detectors on the rest", "overcoat", "/detect", "bench-partial", None),
    ("Overcoat, three surrogates a record", "overcoat", "/surrogates", "bench-surrogate", ("mobile", "id_card", "bank_card")),
    ("pingora, serde_json parse-mask-write", "serde", "", "none", THREE),
    ("nginx, lua-cjson in body_filter_by_lua", "lua", "", "none", THREE),
]


def measure(ports, seconds):
    """Requests a second of each row at each size; sizes outside, so that the peers of one comparison run close together."""
    figures = {}
    for size, records in workload.RECORDS.items():
        for title, server, prefix, role, masks in ROWS:
            path = f"{prefix}/{records}.json"
            if masks is not None:
                check(ports[server], path, role, masks)
            wrk(ports[server], path, role, CONNECTIONS[size], 1)
            figures[title, size] = wrk(ports[server], path, role, CONNECTIONS[size], seconds)
            print(f"  {size:>7}  {title:<55} {figures[title, size]:>10,.0f} req/s", flush=True)
    return figures


def criterion(name):
    """Throughput in GB/s of each case of a criterion benchmark."""
    command = ["cargo", "bench", "--locked", "--bench", name, "--", "--noplot"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    results = {}
    for estimate in sorted((TARGET / "criterion").glob("**/new/estimates.json")):
        about = json.loads((estimate.parent / "benchmark.json").read_text())
        if about["group_id"].split("/")[0] != name:
            continue
        size = about["throughput"]["Bytes"] if about.get("throughput") else 0
        results[about["full_id"]] = size / json.loads(estimate.read_text())["median"]["point_estimate"]
    return results


def table(figures, memory, kernels, seconds):
    base = ROWS[0][0]
    lines = ["| requests a second (share of bare pingora) | " + " | ".join(workload.RECORDS) + " |", "|---|" + "--:|" * len(workload.RECORDS)]
    for title, *_ in ROWS:
        cells = [f"{figures[title, s]:,.0f} ({figures[title, s] / figures[base, s]:.2f})" for s in workload.RECORDS]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines += ["", "| one answer of 1 GiB through the proxy, three fields masked | growth of resident memory | speed |", "|---|--:|--:|"]
    lines += [f"| {name} | {growth:.1f} MiB | {speed:,.0f} MB/s |" for name, (growth, speed) in memory.items()]
    if kernels:
        lines += ["", "| rewriting alone (criterion, median) | GB/s |", "|---|--:|"]
        lines += [f"| {name} | {speed:.2f} |" for name, speed in kernels.items()]
    model = re.search(r"model name\s+: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    machine = f"{model[1] if model else 'unknown processor'}, {os.cpu_count()} cores"
    return "\n".join([f"Run of {time.strftime('%Y-%m-%d')} on {machine}; {seconds} s a cell; all servers and the load on the same machine.", "", *lines])


def write(text):
    page = HERE / "README.md"
    before, rest = page.read_text().split("<!-- table -->\n", 1)
    after = rest.split("<!-- end of table -->", 1)[1]
    page.write_text(f"{before}<!-- table -->\n{text}\n<!-- end of table -->{after}")


def main():
    global WORK
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=5, help="how long each cell is measured")
    arguments.add_argument("--no-write", action="store_true", help="print the table, leave bench/README.md alone")
    arguments.add_argument("--quick", action="store_true", help="leave out the large answers and the criterion benchmarks")
    arguments.add_argument("--no-kernels", action="store_true", help="leave out the criterion benchmarks")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="overcoat-bench-") as directory, Servers() as servers:
        WORK = pathlib.Path(directory)
        # nginx drops its privileges and has to reach the bodies.
        WORK.chmod(0o755)
        (WORK / "bodies").mkdir()
        for records in workload.RECORDS.values():
            (WORK / "bodies" / f"{records}.json").write_bytes(workload.body(records))
        upstream_port = free_port()
        upstream = f"127.0.0.1:{upstream_port}"
        nginx(servers, WORK, "upstream", upstream_port, upstream)
        ports = {"lua": free_port(), "pass": free_port(), "serde": free_port()}
        nginx(servers, WORK, "lua", ports["lua"], upstream)
        for mode in ["pass", "serde"]:
            peers = TARGET / "release" / "examples" / "peers"
            servers.start([peers, mode, f"127.0.0.1:{ports[mode]}", upstream], ports[mode])
        ports["overcoat"], _ = overcoat(servers, WORK, "speed", upstream)
        figures = measure(ports, options.seconds)
        memory, kernels = {}, {}
        if not options.quick:
            workload.write_large_json(WORK / "bodies" / "large.json", GIB)
            workload.write_large_csv(WORK / "bodies" / "large.csv", GIB)
            for name in ["JSON", "CSV"]:
                port, process = overcoat(servers, WORK, f"memory-{name}", upstream)
                urllib.request.urlopen(
                    urllib.request.Request(f"http://127.0.0.1:{port}/three/100.json", headers=headers("bench-partial"))
                ).read()
                memory[name] = growth_of(process, port, f"/three/large.{name.lower()}", "bench-partial")
        if not (options.quick or options.no_kernels):
            kernels = {**criterion("json"), **criterion("csv")}
        text = table(figures, memory, kernels, options.seconds)
        print(text)
        if not (options.no_write or options.quick):
            write(text)


main()
