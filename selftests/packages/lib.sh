# shellcheck shell=bash disable=SC2154 # vm/lib.sh sets them
# SPDX-License-Identifier: GPL-2.0
#
# Root file systems of Debian, to install packages in. Sourced after vm/lib.sh and vm/apt.sh.

# inside ROOT COMMAND...: in the root file system, with /proc and /dev, in namespaces of
# its own, without network
inside()
{
	local root=$1

	shift
	# shellcheck disable=SC2016 # the inner shell's
	ROOT=$root unshare --mount --pid --net --ipc --uts --fork --kill-child sh -ec '
		mount -t proc proc "$ROOT/proc"
		mount -t tmpfs tmpfs "$ROOT/dev"
		for node in null zero full random urandom tty; do
			touch "$ROOT/dev/$node"
			mount --bind "/dev/$node" "$ROOT/dev/$node"
		done
		ln -s pts/ptmx "$ROOT/dev/ptmx"
		ln -s /proc/self/fd "$ROOT/dev/fd"
		mkdir -p "$ROOT/dev/pts"
		mount -t devpts -o newinstance,ptmxmode=666 devpts "$ROOT/dev/pts"
		exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' sh "$@"
}

# lacking ROOT OPTION... PACKAGE...: prints what apt would install in ROOT for these packages,
# as PACKAGE=VERSION, without our own. After apt_use.
lacking()
{
	local root=$1

	shift
	apt_do get -s -o Dir::State::status="$root/var/lib/dpkg/status" install "$@" |
		sed -nE 's/^Inst ([^ ]+) (\[[^]]*\] )?\(([^ ]+) .*/\1=\3/p' | grep -v '^memcensus'
}

# dependencies ROOT RELEASE DIR: fetches to DIR what the packages in DIR need and ROOT lacks
dependencies()
{
	local list

	apt_use "$2"
	apt_ready
	mapfile -t list < <(lacking "$1" --no-install-recommends "$3"/memcensus*.deb)
	[ ${#list[@]} -eq 0 ] || (cd "$3" && apt_do get download "${list[@]}")
}

# run_at_boot ROOT COMMAND...: as a service of systemd, whose output is on the second serial
# port; then the machine powers off
run_at_boot()
{
	local root=$1

	shift
	cat >"$root/etc/systemd/system/census-test.service" <<-EOT
		[Unit]
		Description=The test of the packages
		[Service]
		Type=exec
		StandardOutput=file:/dev/ttyS1
		StandardError=inherit
		ExecStart=$*
		ExecStopPost=/usr/bin/systemctl --no-block poweroff
		[Install]
		WantedBy=multi-user.target
	EOT
	inside "$root" systemctl enable census-test.service
	echo "127.0.0.1 localhost" >"$root/etc/hosts"
	echo "/dev/vda / ext4 defaults 0 1" >"$root/etc/fstab"
}

# boot ROOT DISK CONSOLE TAP [MIB]: until it powers off; the serial ports go to two files
boot()
{
	local accel words

	accel=$("$here/accel" 6.1)
	qemu_command "$accel" "${5:-2048}" 2
	words="root=/dev/vda rw console=ttyS0 panic=-1 oops=panic quiet $(clock_words)"
	words+=" systemd.mask=systemd-networkd-wait-online.service"
	# shellcheck disable=SC2054 # the commas are QEMU's
	qemu+=(-kernel "$(echo "$1"/boot/vmlinuz-*)" -initrd "$(echo "$1"/boot/initrd.img-*)"
		-drive "if=virtio,format=raw,file=$2,cache=unsafe"
		-serial "file:$3" -serial "file:$4" -append "$words")
	timeout 2400 "${qemu[@]}"
}
