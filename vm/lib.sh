# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the scripts of this directory: paths, errors, locks. Sourced, never run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/.." && pwd -P)
build=$top/build
self=${0##*/}
# shellcheck source=../scripts/say.sh
. "$top/scripts/say.sh"

# The names of kernels that boot in a VM, for messages; ./kernel --help explains them.
# SERIES is 6.1, 6.12, or a series from 6.16 on that trixie-backports has.
vm_kernels="6.1, 6.12, newest, SERIES, newest-nomapcount, debug, debug-SERIES, debug-newest, kcsan, arm64-SERIES, arm64-16k-SERIES"

# kernel_series NAME: prints the series in the name of a kernel, or newest if the name
# has that. Non-zero if the name is not valid.
kernel_series()
{
	local series

	case $1 in
	debug | kcsan | um | um-debug | source)
		echo 6.1
		return
		;;
	arm64 | arm64-16k)
		echo 6.12
		return
		;;
	arm64-*)
		series=${1#arm64-}
		series=${series#16k-}
		# In trixie and its backports
		[[ $series =~ ^(6\.12|6\.1[6-9]|[7-9]\.[0-9]+|newest)$ ]] || return 1
		;;
	debug-*) series=${1#debug-} ;;
	source-*) series=${1#source-} ;;
	*-nomapcount)
		series=${1%-nomapcount}
		# Kernels before 6.15 do not have the option.
		[[ $series != 6.1 && $series != 6.12 ]] || return 1
		;;
	*) series=$1 ;;
	esac
	[[ $series =~ ^(6\.1|6\.12|6\.1[6-9]|[7-9]\.[0-9]+|newest)$ ]] || return 1
	echo "$series"
}

# The suite that kernel NAME comes from, and whose compiler builds for it
suite_of()
{
	case $1 in
	arm64-*)
		echo trixie-arm64
		return
		;;
	esac
	case $(kernel_series "$1") in
	6.1 | 6.12) echo bookworm ;;
	*) echo trixie ;;
	esac
}

# The architecture of kernel NAME, in Debian's words
arch_of()
{
	case $1 in
	arm64-* | trixie-arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# What the names of the packages of kernel NAME end in
flavour_of()
{
	case $1 in
	arm64-16k-*) echo arm64-16k ;;
	*) echo "cloud-$(arch_of "$1")" ;;
	esac
}

is_vm_kernel()
{
	case $1 in
	um | um-debug | source*) return 1 ;;
	esac
	kernel_series "$1" >/dev/null
}

# The same messages, sorting and ranges everywhere
export LC_ALL=C

# with_lock NAME COMMAND...: runs COMMAND, which may be a function, in a subshell that
# holds the lock NAME. A second caller waits, and prints a message if that takes long.
# The kernel releases the lock of an interrupted holder.
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

# logged LOG COMMAND...: appends the output to LOG. If COMMAND fails, shows the end of
# the log and returns its status.
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
