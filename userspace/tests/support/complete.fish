#!/usr/bin/env fish
# SPDX-License-Identifier: GPL-2.0
#
# complete.fish SCRIPT LINES MATCHES: as complete.zsh; fish has a command for this.

source $argv[1]
while read -l line
	set -l found (complete -C "$line" | string replace -r '\t.*' '' | LC_ALL=C sort -u)
	echo (string join ' ' -- "$line =>" $found)
end <$argv[2] >$argv[3]
