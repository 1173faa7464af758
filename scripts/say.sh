# shellcheck shell=bash disable=SC2154 # self is set by the script that sources this
# SPDX-License-Identifier: GPL-2.0
#
# Messages of the scripts, on stderr with the script's name, $self, in front. Sourced.

say()
{
	echo "$self: $*" >&2
}

# die MESSAGE [STATUS]: ends the script, with 1 or STATUS
die()
{
	say "$1"
	exit "${2:-1}"
}
