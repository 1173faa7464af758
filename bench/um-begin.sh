# shellcheck shell=bash disable=SC2154 # bench is from the kernel's command line
# SPDX-License-Identifier: GPL-2.0
#
# How process 1 of a User Mode Linux of the benchmarks begins. bench= and other words of the
# kernel's command line become its environment. The root is the host's file system, read-only, so
# that the measured programs are there; only $bench/out is writable. Sourced, never run.

export PATH=$bench/bin:$bench:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1

power_off()
{
	echo 1 >/proc/sys/kernel/sysrq
	echo o >/proc/sysrq-trigger
	sleep 60
}

trap power_off EXIT
set -e

mount -t proc none /proc
mount -t sysfs none /sys
# For bash's <( )
ln -s /proc/self/fd /dev/fd
mount -t hostfs -o "$bench/out" none "$bench/out"
