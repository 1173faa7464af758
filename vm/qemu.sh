# shellcheck shell=bash disable=SC2154 # the caller has top and build
# SPDX-License-Identifier: GPL-2.0
#
# QEMU, and the part of its command line that all VMs share. Sourced.

# qemu_program [ARCH]: prints the program. Fetches QEMU where it is missing: not in a VM's time
# limit.
qemu_program()
{
	if [ "${1:-amd64}" = arm64 ]; then
		"$top/vm/qemu" --arm64 || return
		echo "$top/vm/qemu"
		return
	fi
	[ -n "${MEMCENSUS_QEMU:-}" ] || "$top/vm/qemu" || return
	echo "${MEMCENSUS_QEMU:-$top/vm/qemu}"
}

# console_of ARCH: prints the name of the first serial port
console_of()
{
	[ "$1" = arm64 ] && echo ttyAMA0 || echo ttyS0
}

# clock_words [ARCH]: prints the words for the kernel's command line about its clock. A kernel measures
# the time stamp counter by the PIT: on a busy host its clock then runs ten times too fast, or
# ticks every 4 ms. And it stops if it misses the interrupts by which it checks the timer.
# Another QEMU may have another counter.
clock_words()
{
	local measure=$build/vm/tsc-khz khz

	[ "${1:-amd64}" = amd64 ] || return 0
	echo -n "tsc=reliable no_timer_check"
	[ -z "${MEMCENSUS_QEMU:-}" ] || return 0
	[ "$measure" -nt "$top/vm/tsc-khz.c" ] ||
		with_lock tsc-khz cc -O2 -Wall -o "$measure" "$top/vm/tsc-khz.c" || return
	khz=$("$measure") || return
	echo -n " tsc_early_khz=$khz"
}

# qemu_command ACCEL MEMORY CPUS [ARCH]: sets the array qemu. With -no-reboot a VM ends
# instead of restarting.
qemu_command()
{
	local program arch=${4:-amd64}

	program=$(qemu_program "$arch") || exit 2
	qemu=("$program")
	[ "$arch" = amd64 ] || qemu+=(--arm64)
	qemu+=(-nodefaults -no-user-config -display none -no-reboot -m "$2")
	# One socket per processor, so that processors can be on different nodes.
	qemu+=(-smp "$3,sockets=$3,cores=1,threads=1")
	case $arch-$1 in
	# The emulator's own algorithm for signed pointers costs a fraction of that of the
	# architecture.
	arm64-*)
		qemu+=(-machine virt -accel "tcg,thread=multi" -cpu max,pauth-impdef=on)
		return
		;;
	*-kvm) qemu+=(-machine pc -accel kvm -cpu host) ;;
	# max has all features of the emulator: five levels, 1 GiB pages. But QEMU 7.2
	# leaves wrong flags after some cmpxchg16b, which SLUB uses often: without cx16
	# the kernel avoids that instruction. QEMU runs rep stosb and rep movsb byte by
	# byte: without erms and fsrm the kernel and libc clear and copy pages by words,
	# in less than half the time.
	*-tcg) qemu+=(-machine pc -accel "tcg,thread=multi" -cpu "max,-cx16,-erms,-fsrm") ;;
	esac
}
