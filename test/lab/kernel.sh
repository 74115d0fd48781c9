#!/usr/bin/env bash
# Debian's kernel for virtual machines, unpacked once and not installed, with an initial RAM disk that mounts /dev/vda: prints a
# folder with vmlinuz, initrd and modules/VERSION. The lab's virtual machine boots from it without a boot loader.
#
#   test/lab/kernel.sh           make it if it is not there (about a minute), print the path
#   test/lab/kernel.sh --path    only print the path
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=apt.sh
source "$here/apt.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode/lab
arch=$(dpkg --print-architecture)
digest=$(printf '%s\n' "$arch" | cat - "$here/apt.sh" "$here/kernel.sh" | sha256sum | cut -c1-16)
result=$cache/kernel-$digest
# What the root file system needs; everything else udev loads from there.
needed=(virtio_pci virtio_blk crc32c_generic ext4)

say() { printf 'kernel: %s\n' "$*" >&2; }

# In $1 the unpacked packages; writes $2. busybox does all: the machine that builds needs neither kmod nor cpio.
initrd() {
  local root=$1/initrd busybox=$1/tree/bin/busybox version=$3
  mkdir -p "$root"/{bin,proc,dev,root,lib/modules}
  cp "$busybox" "$root/bin/busybox"
  "$busybox" depmod -b "$1/tree" "$version"
  cp -a "$1/tree/lib/modules/$version" "$root/lib/modules/"
  # Of 80 MB of modules a boot needs ten; the list of dependencies says which.
  (
    cd "$root/lib/modules/$version"
    pattern=$(IFS='|' && printf '/(%s)\\.ko' "${needed[*]}")
    keep=$(grep -E "^[^:]*${pattern}[^:]*:" modules.dep | tr -d ':' | tr ' ' '\n' | sort -u)
    find . -name '*.ko*' -printf '%P\n' | grep -vxF "$keep" | xargs rm -f
  )
  cat >"$root/init" <<INIT
#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t devtmpfs none /dev
for module in ${needed[*]}; do /bin/busybox modprobe \$module; done
until /bin/busybox mount -t ext4 /dev/vda /root; do /bin/busybox sleep 1; done
/bin/busybox umount /proc
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
INIT
  chmod 0755 "$root/init"
  (cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) | gzip -1 >"$2"
}

collect() {
  local image version
  apt_root=$1/apt
  mkdir -p "$apt_root" "$1/out"
  say 'downloading from Debian'
  apt_update bookworm
  apt_unpack "$1/meta" "linux-image-cloud-$arch"
  image=$(dpkg-deb --field "$apt_root"/debs/linux-image-cloud-*.deb Depends | grep -o 'linux-image-[^ ]*' | head -n 1)
  version=${image#linux-image-}
  apt_unpack "$1/tree" "$image" busybox-static
  cp "$1/tree/boot/vmlinuz-$version" "$1/out/vmlinuz"
  initrd "$1" "$1/out/initrd" "$version"
  mkdir "$1/out/modules"
  mv "$1/tree/lib/modules/$version" "$1/out/modules/"
}

cleanup() { if [[ -n $temp ]]; then rm -rf "$temp"; fi; }

main() {
  if [[ ! -d $result ]]; then
    mkdir -p "$cache"
    exec 9>"$cache/kernel.lock"
    flock 9
  fi
  if [[ ! -d $result ]]; then # another process may have done it while this one waited
    rm -rf "$cache"/tmp-kernel.* # of runs that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    temp=$(mktemp -d "$cache/tmp-kernel.XXXXXX")
    (collect "$temp")
    rm -rf "$cache"/kernel-*/
    mv -T "$temp/out" "$result"
    say "collected in $SECONDS s"
  fi
  printf '%s\n' "$result"
}

temp=''
case ${1:-} in
  '') main ;;
  --path) printf '%s\n' "$result" ;;
  *)
    say 'usage: test/lab/kernel.sh [--path]'
    exit 2
    ;;
esac
