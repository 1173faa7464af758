# SPDX-License-Identifier: GPL-2.0
"""A server that loads 30 MiB of objects and then forks WORKERS processes.

    prefork.py WORKERS

Each worker answers requests by reading some of the objects, which writes to their
reference counts. Prints "ready" when all have.
"""
import decimal
import email.message
import http.server
import json
import os
import signal
import sqlite3
import ssl
import sys
import unittest.mock
import xml.etree.ElementTree

MODULES = (decimal, email.message, http.server, json, sqlite3, ssl, unittest.mock,
           xml.etree.ElementTree)
OBJECTS = 100_000

objects = [{"name": f"object {i}", "value": str(i) * 4} for i in range(OBJECTS)]
ready, done = os.pipe()
for worker in range(int(sys.argv[1])):
    if os.fork() == 0:
        read = [objects[i]["value"] for i in range(worker, OBJECTS, 50)]
        os.write(done, b".")
        signal.pause()
for _ in range(int(sys.argv[1])):
    os.read(ready, 1)
print("ready", flush=True)
signal.pause()
