# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of QEMU's command line that every VM has. Sourced.

# qemu_command ACCEL MEMORY CPUS: sets the array qemu. No reboot: a VM that
# would restart ends instead.
qemu_command()
{
	qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-machine pc -m "$2")
	# A socket each, so that processors can be on different nodes.
	qemu+=(-smp "$3,sockets=$3,cores=1,threads=1")
	case $1 in
	kvm) qemu+=(-accel kvm -cpu host) ;;
	# max has all that the emulator knows: five levels, 1 GiB pages. But
	# QEMU 7.2 leaves rubbish in the flags after some cmpxchg16b, which
	# SLUB is full of: without it the kernel takes another way.
	tcg) qemu+=(-accel "tcg,thread=multi" -cpu "max,-cx16") ;;
	esac
}
