# SPDX-License-Identifier: GPL-2.0
"""Settings of Sphinx; `make doc` builds HTML and manual pages in build/doc."""

# pylint: disable=invalid-name,redefined-builtin # Sphinx's names
project = "memcensus"
author = "memcensus developers"
copyright = author
html_theme = "alabaster"
html_sidebars = {"**": ["globaltoc.html", "searchbox.html"]}
html_show_sphinx = False
html_copy_source = False
highlight_language = "none"
# Section 7: conventions and formats
man_pages = [
    ("metrics", "memcensus-metrics", "memory as metrics: names, rules, cost", author, 7),
]
