# SPDX-License-Identifier: GPL-2.0
"""Settings of Sphinx; `make doc` builds HTML and manual pages in build/doc."""
import os
import subprocess

# pylint: disable=invalid-name,redefined-builtin # Sphinx's names
project = "memcensus"
author = "memcensus developers"
copyright = author
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../VERSION"),
          encoding="utf-8") as file:
    version = release = file.read().strip()
html_theme = "alabaster"
html_sidebars = {"**": ["globaltoc.html", "searchbox.html"]}
html_show_sphinx = False
html_copy_source = False
highlight_language = "none"
# Section 7: conventions and formats
man_pages = [
    ("metrics", "memcensus-metrics", "memory as metrics: names, rules, cost", author, 7),
]


def add_tables(app, docname, source):
    """Tables of the ABI are made of its specification, not kept; no manual page has them."""
    if docname == "abi" and app.builder.name == "html":
        script = os.path.join(app.srcdir, "../scripts/abi")
        source[0] = subprocess.run([script, "--page"], stdout=subprocess.PIPE, check=True,
                                   encoding="utf-8").stdout


def setup(app):
    app.connect("source-read", add_tables)
