#!/usr/bin/env bash
# Makes a disk that boots, for what only a virtual machine shows: the referees' Debian tree (image.sh) with a kernel and a boot
# loader, as a qcow2 like the cloud images of distributions.
#
#   disk-image.sh           build it if it is not there (root; about two minutes), print its path
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/knode, named after a digest of this script and of the tree.
set -euo pipefail
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

self=$(readlink -f "${BASH_SOURCE[0]}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode
tree=$("${self%/*}/image.sh")
digest=$(basename "$tree" | cat - "$self" | sha256sum | cut -c1-16)
disk=$cache/disk-$digest.qcow2

say() { printf 'disk: %s\n' "$*" >&2; }

in_tree() { chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "${@:2}"; }

# URI, suite and component of Debian's archive, as this machine's own apt is configured.
sources() {
  # shellcheck disable=SC1091,SC2016 # the machine's own file; apt's own format fields
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    (. /etc/os-release && grep -E " $VERSION_CODENAME(-updates|-security)? main$") | sort -u
}

# Runs in a mount name space of its own: what it mounts ends with it.
build() {
  local root=$1/root raw=$1/disk.raw start=2048 mib=3072
  cp -a --reflink=auto "$tree" "$root"
  mount -t proc proc "$root/proc"
  mkdir -p "$cache/debs"
  mount --bind "$cache/debs" "$root/var/cache/apt/archives"
  sources >"$root/etc/apt/sources.list"
  apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/00lab" || true
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  local apt=(apt-get -qq -y -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o Binary::apt-get::APT::Keep-Downloaded-Packages=true)
  in_tree "$root" "${apt[@]}" update >&2
  in_tree "$root" "${apt[@]}" install --no-install-recommends linux-image-cloud-amd64 initramfs-tools grub-pc-bin cloud-guest-utils >&2
  mkdir -p "$root/boot/grub"
  in_tree "$root" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /boot/grub/core.img \
    biosdisk part_msdos ext2 normal linux configfile
  cp "$root/usr/lib/grub/i386-pc/boot.img" "$root/boot/grub/core.img" "$1/"
  umount "$root/var/cache/apt/archives" "$root/proc"
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/{apt,dpkg.log}
  rm -f "$root"/etc/{resolv.conf,apt/apt.conf.d/00lab} "$root"/usr/sbin/policy-rc.d
  : >"$root/etc/apt/sources.list"
  cat >"$root/boot/grub/grub.cfg" <<'CFG'
linux /vmlinuz root=/dev/vda1 rw console=ttyS0 net.ifnames=0
initrd /initrd.img
boot
CFG
  printf '/dev/vda1 / ext4 defaults 0 1\n' >"$root/etc/fstab"
  # Here the machine's network is what Packer waits for.
  rm -f "$root/etc/systemd/system/systemd-networkd-wait-online.service"

  truncate -s "$((mib + 1))M" "$raw"
  printf 'label: dos\nstart=%s, type=83, bootable\n' "$start" | sfdisk -q "$raw"
  mke2fs -q -t ext4 -d "$root" -E "offset=$((start * 512)),lazy_itable_init=1" "$raw" "${mib}M"
  # The boot sector finds the loader in the next one, and that the rest of itself behind it.
  dd if="$1/boot.img" of="$raw" bs=446 count=1 conv=notrunc status=none
  dd if="$1/core.img" of="$raw" bs=512 seek=1 conv=notrunc status=none
  qemu-img convert -O qcow2 "$raw" "$1/disk.qcow2"
}

if [[ ${1:-} == --build ]]; then
  build "$2"
elif [[ ! -f $disk ]]; then
  ((EUID == 0)) || { say 'building the disk needs root'; exit 1; }
  temp=$(mktemp -d "$cache/disk.XXXXXX")
  trap 'rm -rf --one-file-system "$temp"' EXIT
  say "building $disk (about two minutes)"
  setpriv --pdeathsig=KILL unshare --mount --propagation private --pid --fork --kill-child -- "$self" --build "$temp" </dev/null
  rm -f "$cache"/disk-*.qcow2
  mv -T "$temp/disk.qcow2" "$disk"
  say "built in ${SECONDS} s"
  printf '%s\n' "$disk"
else
  printf '%s\n' "$disk"
fi
