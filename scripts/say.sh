# shellcheck shell=bash disable=SC2154 # self is set by the script that sources this
# SPDX-License-Identifier: GPL-2.0
#
# Messages of the scripts: on stderr, prefixed with the script's name, $self. Sourced.

say()
{
	echo "$self: $*" >&2
}

# die MESSAGE [STATUS]: exits with STATUS, or 1
die()
{
	say "$1"
	exit "${2:-1}"
}
