#!/usr/bin/env bash
# Boots Debian's stock kernel under QEMU, without KVM, and runs the library in it
# as an ordinary user, beside devices that no other test can have.
# Usage: vm_test.sh GUEST-PROGRAM EDID-FOLDER OUTPUT-FOLDER
# Needs the network once, for the kernel (70 MB), which is kept in
# ${XDG_CACHE_HOME:-~/.cache}/onlooker-vm. Exits with 77 where that, or QEMU, is
# not to be had.
set -eu

guest=$1
edids=$2
out=$3
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/onlooker-vm
modules=(virtio-gpu virtio_pci bochs qxl xhci_pci dummy_hcd libcomposite
	usb_f_hid usb_f_mass_storage usb_f_acm usb_f_ecm usbhid hid-generic
	usb-storage sd_mod uinput evdev)

skip() {
	echo "skipped: $*"
	exit 77
}

for program in qemu-system-x86_64 busybox cpio modprobe depmod dpkg-deb; do
	command -v "$program" >/dev/null || skip "there is no $program"
done
[[ $(uname -m) == x86_64 ]] || skip "this needs an x86-64 machine"

# Unpacked, never installed. Whole or not at all: made beside, then moved.
fetch_kernel() {
	local package work

	package=$(apt-cache depends linux-image-amd64 2>/dev/null |
		awk '/Depends:/ { print $2; exit }')
	[[ -n $package ]] || skip "no kernel is to be had from apt"
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/new.XXXXXX")
	(cd "$work" && timeout 300 apt-get -qq \
		-o APT::Sandbox::User=root download "$package") >&2 || {
		rm -rf "$work"
		skip "$package could not be downloaded"
	}
	dpkg-deb --fsys-tarfile "$work"/linux-image-*.deb |
		tar -x -C "$work" --wildcards './boot/vmlinuz-*' \
			'./lib/modules/*/kernel/drivers/*' \
			'./lib/modules/*/kernel/lib/*' \
			'./lib/modules/*/kernel/fs/*' \
			'./lib/modules/*/kernel/crypto/*' \
			'./lib/modules/*/kernel/block/*' \
			'./lib/modules/*/kernel/net/*' \
			'./lib/modules/*/kernel/arch/*' \
			'./lib/modules/*/kernel/sound/*' \
			'./lib/modules/*/modules.*'
	rm -f "$work"/*.deb
	depmod -b "$work" "$(ls "$work/lib/modules")"
	mv -T "$work" "$cache/kernel" 2>/dev/null || rm -rf "$work"
}

[[ -d $cache/kernel ]] || fetch_kernel
version=$(ls "$cache/kernel/lib/modules")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,modules,edid}
chmod 755 "$work" "$root"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$guest" "$root/guest"
cp "$edids"/*.bin "$root/edid/"
# The program's libraries, where its loader looks for them.
ldd "$guest" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' |
	while read -r library; do
		mkdir -p "$root/$(dirname "$library")"
		cp -L "$library" "$root/$library"
	done

# Each module after those that it needs.
for module in "${modules[@]}"; do
	modprobe -d "$cache/kernel" -S "$version" --show-depends "$module" |
		awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' >"$work/modules"
while read -r file; do
	name=$(basename "$file")
	cp "$file" "$root/modules/"
	[[ $name != *.xz ]] || xz -d "$root/modules/$name"
	options=
	[[ $name != dummy_hcd.ko* ]] || options=num=2
	echo "${name%.xz} $options"
done <"$work/modules" >"$root/modules/order"

cat >"$root/init" <<'END'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
$b mount -t debugfs debugfs /sys/kernel/debug
while read -r module options; do
	$b insmod /modules/$module $options
done </modules/order
$b mount -t configfs configfs /sys/kernel/config
mode=$($b sed 's/.*guest=\([a-z]*\).*/\1/' /proc/cmdline)
/guest $mode
r=$?
# isa-debug-exit ends QEMU with 2 * value + 1.
$b printf "\\x0$r" | $b dd of=/dev/port bs=1 seek=244 2>/dev/null
$b poweroff -f
END
chmod 755 "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initramfs"

# On a loaded host the kernel takes a timer that comes late for a broken one.
late=no_timer_check

# boot MODE QEMU-OPTION...
boot() {
	local mode=$1 r=0

	shift
	timeout 300 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -M pc \
		-smp 2 -m 512 -nodefaults -display none -no-reboot \
		-serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
		-kernel "$cache/kernel/boot/vmlinuz-$version" \
		-initrd "$work/initramfs" \
		-append "console=ttyS0 quiet loglevel=3 panic=-1 $late guest=$mode" \
		"$@" </dev/null >"$work/console" 2>&1 || r=$?
	tr -d '\r' <"$work/console" >"$out/vm-$mode.log"
	# 1 is our 0; 0 is a guest that switched itself off.
	grep -E '^(ROW|MEASURED|FAILURES)' "$out/vm-$mode.log" | sed 's/^ROW //'
	((r == 1)) && grep -q '^FAILURES 0$' "$out/vm-$mode.log" && return
	echo "the guest '$mode' failed (QEMU: $r):"
	grep -vE '^ROW ok' "$out/vm-$mode.log" | tail -n 40 | cut -c 1-2000
	return 1
}

# What table.sh reads is of this run or of none.
rm -f "$out"/vm-{desk,guest,spice}.log
failed=0
# A desk: a machine that does not say it is virtual.
boot desk -device virtio-gpu-pci,max_outputs=2 \
	-smbios type=0,vendor=Acme,version=1 \
	-smbios type=1,manufacturer=Acme,product=Desk,version=1 \
	-smbios type=2,manufacturer=Acme,product=Board || failed=1
# Virtual machines that do, with the pointer that they have.
boot guest -device qemu-xhci -device usb-tablet -device bochs-display ||
	failed=1
boot spice -device qemu-xhci -device usb-tablet -device qxl-vga || failed=1
exit $failed
