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


def overcoat(servers, work, mode, upstream):
    """Starts Overcoat with the rules of `mode`; the person is named by a trusted front proxy, so no sign-in is timed."""
    home = work / mode
    shutil.copytree(HERE / "overcoat", home)
    port = free_port()
    settings = (home / "overcoat.yaml").read_text()
    for name, value in {"PORT": port, "CONTROL": free_port(), "UPSTREAM": upstream, "HOME": home}.items():
        settings = settings.replace(f"@{name}@", str(value))
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


def check(port, path, who, expect_masked):
    """A row counts only if what it measures is right."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"X-Bench-User": who})
    with urllib.request.urlopen(request) as answer:
        first = json.loads(answer.read())["items"][0]
    original = json.loads(workload.body(workload.RECORDS["0.5 KB"]))["items"][0] if path.endswith("1.json") else None
    masked = not re.fullmatch(r"1[3-9]\d{9}", first["mobile"])
    if masked != expect_masked:
        sys.exit(f"{path} for {who}: masked is {masked}, expected {expect_masked}")
    if original and not expect_masked and first != original:
        sys.exit(f"{path} for {who}: differs from the CRM's answer")


def wrk(port, path, who, connections, seconds):
    """Requests a second; errors end the run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", f"X-Bench-User: {who}", f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"{path}: {out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def growth_of(process, port, path, who):
    """How much resident memory grows, in MiB, while one large answer runs through; and how fast it ran in MB/s."""
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
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"X-Bench-User": who})
    with urllib.request.urlopen(request) as answer:
        while chunk := answer.read(1 << 20):
            size += len(chunk)
    took = time.time() - started
    done.set()
    watcher.join()
    if size < GIB * 0.9:
        sys.exit(f"{path}: only {size} bytes arrived")
    return peak - before, size / took / 1e6
