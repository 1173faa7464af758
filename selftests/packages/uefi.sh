# shellcheck shell=bash disable=SC2034,SC2154 # lib.sh and the caller have them
# SPDX-License-Identifier: GPL-2.0
#
# Machines with Secure Boot: firmware, its variables, a disk that boots. Sourced after lib.sh
# and qemu.sh.

# uefi_ready: fetches the firmware
uefi_ready()
{
	uefi=$("$top/selftests/packages/firmware")
	uefi_owner=8be4df61-93ca-11d2-aa0d-00e098032b8c
}

# uefi_variables FILE CERTIFICATE: the firmware's variables, with Microsoft's keys, Secure Boot,
# and the certificate (DER) enrolled as a key of the machine's owner; empty for none
uefi_variables()
{
	local mok=()

	[ -z "$2" ] || mok=(--add-mok "$uefi_owner" "$2")
	PYTHONPATH=$uefi/usr/lib/python3/dist-packages LD_LIBRARY_PATH=$uefi/usr/lib/x86_64-linux-gnu \
		python3 "$uefi/usr/bin/virt-fw-vars" -i "$uefi/usr/share/OVMF/OVMF_VARS_4M.ms.fd" \
		"${mok[@]}" -o "$1" >"$build/packages/log" 2>&1 ||
		die "could not write the firmware's variables: see $build/packages/log"
}

# uefi_disk FILE KERNEL INITRD WORDS: a disk from which the firmware starts shim, GRUB and
# the kernel
uefi_disk()
{
	local mtools=("$uefi/usr/bin/mtools" -c)

	rm -f "$1"
	truncate -s 192M "$1"
	"${mtools[@]}" mformat -i "$1" -F ::
	"${mtools[@]}" mmd -i "$1" ::/EFI ::/EFI/BOOT ::/EFI/debian
	"${mtools[@]}" mcopy -i "$1" "$uefi/usr/lib/shim/shimx64.efi.signed" ::/EFI/BOOT/BOOTX64.EFI
	"${mtools[@]}" mcopy -i "$1" "$uefi/usr/lib/shim/mmx64.efi.signed" ::/EFI/BOOT/mmx64.efi
	"${mtools[@]}" mcopy -i "$1" "$uefi/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" \
		::/EFI/BOOT/grubx64.efi
	printf 'linux /vmlinuz %s\ninitrd /initrd\nboot\n' "$4" |
		"${mtools[@]}" mcopy -i "$1" - ::/EFI/debian/grub.cfg
	"${mtools[@]}" mcopy -i "$1" "$2" ::/vmlinuz
	"${mtools[@]}" mcopy -i "$1" "$3" ::/initrd
}

# uefi_qemu MEMORY CPUS VARIABLES: sets the array qemu. With KVM unused: the firmware's
# system management mode needs little time, and behaves the same everywhere.
uefi_qemu()
{
	local program

	program=$(qemu_program) || exit 2
	qemu=("$program" -nodefaults -no-user-config -display none -no-reboot
		-machine "q35,smm=on" -accel "tcg,thread=multi" -cpu "max,-cx16"
		-m "$1" -smp "$2"
		-global "driver=cfi.pflash01,property=secure,value=on"
		-drive "if=pflash,format=raw,unit=0,readonly=on,file=$uefi/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
		-drive "if=pflash,format=raw,unit=1,file=$3")
}
