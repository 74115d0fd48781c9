#!/usr/bin/env bash
# Builds the lab's Debian 12 root tree once and prints its path; the referees boot copies of it.
#
#   image.sh           build it if it is not there (root; about two minutes), print its path
#   image.sh --path    only print the path
#
# The tree is a blank machine as knode expects one, with the packages that user-data asks for already installed and no
# package source, so that cloud-init's apt-get succeeds without a network. Kept in ${XDG_CACHE_HOME:-~/.cache}/knode,
# named after a digest of this script: change the list, and the next run builds a new tree and removes the old one.
set -euo pipefail
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# A blank machine: what Debian's own cloud image has of it.
machine=(
  systemd systemd-sysv udev dbus cloud-init locales tzdata sudo iproute2 iputils-ping procps kmod fdisk e2fsprogs
  ca-certificates curl wget openssl xz-utils zstd bash-completion
  openssh-server
)
# What rendered user-data names under `packages:`. Debian lets only one time daemon be installed: chrony.
asked_for=(
  chrony conntrack ipset ipvsadm iptables nftables ebtables ethtool socat jq uuid-runtime xfsprogs sysstat
  nginx-light libnginx-mod-stream
)

self=$(readlink -f "${BASH_SOURCE[0]}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode
arch=$(dpkg --print-architecture)

say() { printf 'image: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# shellcheck disable=SC1091 # the machine's own file
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
digest=$(printf '%s\n' "$suite" "$arch" | cat - "$self" | sha256sum | cut -c1-16)
tree=$cache/image-$suite-$digest

# URI, suite and component of Debian's archive and its updates, as this machine's own apt is configured.
sources() {
  # shellcheck disable=SC2016 # apt's own format fields
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ARCHITECTURE)' 'Created-By: Packages' |
    awk -v suite="$suite" -v arch="$arch" \
      '$4 == arch && $3 == "main" && ($2 == suite || $2 == suite "-updates" || $2 == suite "-security") { print $1, $2, $3 }' |
    sort -u
}

in_tree() { chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "${@:2}"; }

# Runs in name spaces of its own (see main): mounts and processes end with it, however it ends.
build() {
  local root=$1 archive
  archive=$(sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
  [[ -n $archive ]] || die "no source for $suite main in this machine's apt configuration"

  mkdir -p "$cache/debs"
  debootstrap --variant=minbase --cache-dir="$cache/debs" --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    "$suite" "$root" "$archive" >&2
  mount -t proc proc "$root/proc"
  mount --bind "$cache/debs" "$root/var/cache/apt/archives"

  sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
  apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/00lab" || true
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  if [[ -r /etc/ssl/certs/ca-certificates.crt ]]; then
    install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  fi
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  printf 'force-unsafe-io\npath-exclude=/usr/share/%s/*\n' doc >"$root/etc/dpkg/dpkg.cfg.d/lab"
  printf 'path-exclude=/usr/share/%s/*\n' man info locale >>"$root/etc/dpkg/dpkg.cfg.d/lab"

  local apt=(apt-get -qq -y -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o Binary::apt-get::APT::Keep-Downloaded-Packages=true)
  in_tree "$root" "${apt[@]}" update >&2
  in_tree "$root" "${apt[@]}" install --no-install-recommends "${machine[@]}" "${asked_for[@]}" >&2

  # Debian's locale-gen knows only the locales of this file; without it `locale: en_US.UTF-8` fails in cloud-init.
  sed -i 's/^# *\(en_US.UTF-8 UTF-8\)/\1/' "$root/etc/locale.gen"
  in_tree "$root" locale-gen >&2

  umount "$root/var/cache/apt/archives" "$root/proc"
  blank "$root"
  lab "$root"
}

# A machine that has never booted, and has nowhere to download from.
blank() {
  local root=$1
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/{apt,dpkg.log,bootstrap.log,alternatives.log}
  rm -rf "$root"/usr/share/{doc,man,info}/* "$root"/tmp/* "$root"/var/tmp/*
  rm -f "$root"/etc/{hostname,resolv.conf,apt/apt.conf.d/00lab,dpkg/dpkg.cfg.d/lab} "$root"/usr/sbin/policy-rc.d
  rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/lib/dbus/machine-id
  : >"$root/etc/apt/sources.list"
  : >"$root/etc/machine-id"
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
}

# What only the lab needs; never in what knode renders.
lab() {
  local root=$1 units=$1/etc/systemd/system
  systemctl --root="$root" --quiet enable systemd-networkd.service
  systemctl --root="$root" --quiet mask systemd-networkd-wait-online.service console-getty.service getty@tty1.service \
    apt-daily.timer apt-daily-upgrade.timer

  # nspawn mounts both read-only; a machine does not.
  cat >"$units/lab-writable-kernel.service" <<'UNIT'
[Unit]
Description=Lab only: make /proc/sys and the cgroup hierarchies writable
DefaultDependencies=no
Before=sysinit.target systemd-sysctl.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for m in /proc/sys /sys/fs/cgroup/*; do mountpoint -q "$m" && mount -o remount,rw,bind "$m"; done; true'
[Install]
WantedBy=sysinit.target
UNIT
  systemctl --root="$root" --quiet enable lab-writable-kernel.service

  # The clock is the host's: chronyd may run, but not set it.
  sed -i 's/^DAEMON_OPTS="/&-x /' "$root/etc/default/chrony"

  # The seed is the only data source; one host key is enough; the empty source list stays.
  cat >"$root/etc/cloud/cloud.cfg.d/99-lab.cfg" <<'CFG'
datasource_list: [NoCloud, None]
ssh_genkeytypes: [ed25519]
apt:
  preserve_sources_list: true
CFG
}

# Waits in a way that lets this shell act on a signal at once.
wait_for() {
  child=$1
  local code=0
  wait "$child" || code=$?
  child=''
  return "$code"
}

cleanup() {
  # unshare ignores SIGINT and SIGTERM; its death kills the name space's first process, and that the rest.
  if [[ -n $child ]]; then
    kill -KILL "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  if [[ -n $temp ]]; then rm -rf --one-file-system "$temp"; fi
}

main() {
  if [[ -d $tree ]]; then
    printf '%s\n' "$tree"
    return 0
  fi
  ((EUID == 0)) || die 'building the image needs root'
  mkdir -p "$cache"
  exec 9>"$cache/image.lock"
  flock 9
  if [[ ! -d $tree ]]; then # another process may have built it while this one waited
    rm -rf --one-file-system "$cache"/tmp.* # of builds that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    temp=$(mktemp -d "$cache/tmp.XXXXXX")
    chmod 0755 "$temp"
    say "building $tree (about two minutes)"
    setpriv --pdeathsig=KILL unshare --mount --propagation private --pid --fork --kill-child -- "$self" --build "$temp" </dev/null 9>&- &
    wait_for $!
    rm -rf --one-file-system "$cache"/image-*
    mv -T "$temp" "$tree"
    temp=''
    say "built in ${SECONDS} s"
  fi
  printf '%s\n' "$tree"
}

child=''
temp=''
case ${1:-} in
  '') main ;;
  --path) printf '%s\n' "$tree" ;;
  --build) build "$2" ;;
  *)
    say 'usage: image.sh [--path]'
    exit 2
    ;;
esac
