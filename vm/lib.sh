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
vm_kernels="6.1, 6.12, newest, SERIES, rt-SERIES, rt-newest, newest-nomapcount, debug, debug-SERIES, debug-newest, debug-rt-SERIES, debug-rt-newest, kcsan, arm64-SERIES, arm64-16k-SERIES"

# The names of kernels that are compiled for only
compiled_kernels="riscv64-6.12, s390x-6.12"

# Architectures of the kernels besides this host's, in Debian's words
foreign="arm64 riscv64 s390x"

# kernel_series NAME: prints the series in the name of a kernel, or newest if the name
# has that. Non-zero if the name is not valid.
kernel_series()
{
	local series

	case $1 in
	debug | kcsan | um | um-debug | source | harness)
		echo 6.1
		return
		;;
	arm64 | arm64-16k)
		echo 6.12
		return
		;;
	arm64-* | riscv64-* | s390x-*)
		series=${1#*-}
		[[ $1 != arm64-16k-* ]] || series=${series#16k-}
		# In trixie and its backports
		[[ $series =~ ^(6\.12|6\.1[6-9]|[7-9]\.[0-9]+|newest)$ ]] || return 1
		[ "$series" = 6.12 ] || ! is_compiled_kernel "$1" || return 1
		;;
	debug-*)
		series=${1#debug-}
		series=${series#rt-}
		;;
	um-*) series=${1#um-} ;;
	rt-*) series=${1#rt-} ;;
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
	local arch

	arch=$(arch_of "$1")
	if [ "$arch" != amd64 ]; then
		echo "trixie-$arch"
		return
	fi
	# User Mode Linux of any series is linked with this distribution's C library.
	case $1 in
	um-*)
		echo bookworm
		return
		;;
	esac
	case $(kernel_series "$1") in
	6.1 | 6.12) echo bookworm ;;
	*) echo trixie ;;
	esac
}

# The architecture of kernel NAME, or of the suite NAME, in Debian's words
arch_of()
{
	local arch

	for arch in $foreign; do
		case $1 in
		"$arch"-* | trixie-"$arch")
			echo "$arch"
			return
			;;
		esac
	done
	echo amd64
}

# triplet_of ARCH: what the names of its libraries' directory, and of the programs of its
# cross compiler, begin with
triplet_of()
{
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	*) echo "$1-linux-gnu" ;;
	esac
}

# What the names of the packages of kernel NAME end in
flavour_of()
{
	case $1 in
	arm64-16k-*) echo arm64-16k ;;
	rt-*) echo rt-amd64 ;;
	riscv64-* | s390x-*) arch_of "$1" ;;
	*) echo "cloud-$(arch_of "$1")" ;;
	esac
}

is_vm_kernel()
{
	case $1 in
	um | um-* | source* | harness) return 1 ;;
	esac
	! is_compiled_kernel "$1" && kernel_series "$1" >/dev/null
}

# True for a suite that vm/kernel prepares: a compiler and its tools
is_suite()
{
	local arch

	for arch in '' $foreign; do
		[ "$1" != "trixie${arch:+-$arch}" ] || return 0
	done
	return 1
}

# True for a kernel that is compiled for but not booted
is_compiled_kernel()
{
	case $(arch_of "$1") in
	amd64 | arm64) return 1 ;;
	esac
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
