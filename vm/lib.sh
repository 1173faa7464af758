# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the scripts of this directory share: where things are, how they fail,
# how they wait for one another. Sourced, never run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/.." && pwd -P)
build=$top/build
self=${0##*/}

# The kernels that boot in a VM; what they are says ./kernel --help.
vm_kernels=(6.1 6.12 7.2 7.2-nomapcount debug debug-6.12 debug-7.2 kcsan)

is_vm_kernel()
{
	[[ " ${vm_kernels[*]} " == *" $1 "* ]]
}

# Paths and sizes in messages, sorting and ranges are the same everywhere.
export LC_ALL=C

say()
{
	echo "$self: $*" >&2
}

# die MESSAGE [STATUS]
die()
{
	say "$1"
	exit "${2:-1}"
}

# with_lock NAME COMMAND...: runs COMMAND, a function too, in a subshell that
# holds the lock NAME; a second caller waits, and says so where that is long.
# The lock is the kernel's, so an interrupted holder leaves nothing behind.
with_lock()
{
	local name=$1

	shift
	mkdir -p "$build"
	(
		if ! flock -w 5 9; then
			say "waiting for another run to finish with $name"
			flock 9
		fi
		"$@"
	) 9>"$build/.$name.lock"
}

# logged LOG COMMAND...: output to LOG; where COMMAND fails, the log's end is
# shown and its status returned.
logged()
{
	local log=$1 status=0

	shift
	mkdir -p "$(dirname "$log")"
	"$@" >>"$log" 2>&1 || status=$?
	if [ $status -ne 0 ]; then
		echo "--- the end of $log" >&2
		tail -n 30 "$log" >&2
	fi
	return $status
}
