#!/usr/bin/env bash
# Builds a Debian root tree once and prints its path; the referees and the lab boot copies of it.
#
#   image.sh [SUITE]           build it if it is not there (root; about two minutes), print its path
#   image.sh --path [SUITE]    only print the path
#
# SUITE is bullseye, bookworm, trixie or forky; this machine's own when absent. They bring cloud-init 20.4, 22.4, 25.1 and 26.2.
#
# The tree is a blank machine as knode expects one, with the packages that user-data asks for already installed and no
# package source, so that cloud-init's apt-get succeeds without a network. Kept in ${XDG_CACHE_HOME:-~/.cache}/knode,
# named after a digest of this script and its folder: change the list, and the next run builds a new tree. Old ones stay a day, for other checkouts.
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
lab=${self%/*}/image-lab
cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode
arch=$(dpkg --print-architecture)

say() { printf 'image: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

usage() {
  say 'usage: image.sh [--path] [bullseye|bookworm|trixie|forky]'
  exit 2
}

# shellcheck disable=SC1091 # the machine's own file
own=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")

# The suite's tree, and its downloads: apt locks their folder, and suites are built side by side.
choose() {
  local digest
  suite=${1:-$own}
  [[ $suite =~ ^(bullseye|bookworm|trixie|forky)$ ]] || usage
  digest=$(printf '%s\n' "$suite" "$arch" | cat - "$self" "$lab"/* | sha256sum | cut -c1-16)
  tree=$cache/image-$suite-$digest
  debs=$cache/debs
  if [[ $suite != "$own" ]]; then debs+=-$suite; fi
}

# URI, suite and component of Debian's archive and its updates, where this machine's own apt finds its own.
sources() {
  local updates=1
  if [[ $suite == forky ]]; then updates=0; fi # testing has none
  # shellcheck disable=SC2016 # apt's own format fields
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ARCHITECTURE)' 'Created-By: Packages' |
    awk -v own="$own" -v suite="$suite" -v arch="$arch" -v updates="$updates" '
      $4 != arch || $3 != "main" { next }
      $2 == own || updates && ($2 == own "-updates" || $2 == own "-security") { sub(own, suite, $2); print $1, $2, $3 }' |
    sort -u
}

in_tree() { chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive "${@:2}"; }

# Runs in name spaces of its own (see main): mounts and processes end with it, however it ends.
build() {
  local root=$1 archive
  archive=$(sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
  [[ -n $archive ]] || die "no source for $suite main in this machine's apt configuration"

  mkdir -p "$debs"
  # debootstrap has one script for all of these suites, and does not know the newest by name.
  debootstrap --variant=minbase --cache-dir="$debs" --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    "$suite" "$root" "$archive" /usr/share/debootstrap/scripts/sid >&2 ||
    die "debootstrap cannot install $suite from $archive: see above. The referees need that suite on the mirror of this machine's apt."
  mount -t proc proc "$root/proc"
  mount --bind "$debs" "$root/var/cache/apt/archives"

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
  # A mirror of testing that is a week behind is signed all the same.
  if [[ $suite == forky ]]; then apt+=(-o Acquire::Check-Valid-Until=false); fi
  in_tree "$root" "${apt[@]}" update >&2
  in_tree "$root" "${apt[@]}" install --no-install-recommends "${machine[@]}" "${asked_for[@]}" >&2
  in_tree "$root" "${apt[@]}" autoclean >&2

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
  cp "$lab/lab-writable-kernel.service" "$units/"
  systemctl --root="$root" --quiet enable lab-writable-kernel.service

  # The clock is the host's: chronyd may run, but not set it.
  sed -i 's/^DAEMON_OPTS="/&-x /' "$root/etc/default/chrony"
  install -D -m 0644 "$lab/chrony-in-a-container.conf" "$units/chrony.service.d/lab.conf"

  # The seed is the only data source; one host key is enough; the empty source list stays.
  cp "$lab/99-lab.cfg" "$root/etc/cloud/cloud.cfg.d/"
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
  exec 9>"$cache/image-$suite.lock"
  flock 9
  if [[ ! -d $tree ]]; then # another process may have built it while this one waited
    rm -rf --one-file-system "$cache/tmp-$suite".* # of builds that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    temp=$(mktemp -d "$cache/tmp-$suite.XXXXXX")
    chmod 0755 "$temp"
    say "building $tree (about two minutes)"
    setpriv --pdeathsig=KILL unshare --mount --propagation private --pid --fork --kill-child -- "$self" --build "$suite" "$temp" </dev/null 9>&- &
    wait_for $!
    find "$cache" -maxdepth 1 -type d -name "image-$suite-*" -mtime +0 -exec rm -rf --one-file-system {} +
    mv -T "$temp" "$tree"
    temp=''
    say "built in ${SECONDS} s"
  fi
  printf '%s\n' "$tree"
}

child=''
temp=''
case ${1:-} in
  --path) choose "${2:-}" && printf '%s\n' "$tree" ;;
  --build) choose "$2" && build "$3" ;;
  *) choose "${1:-}" && main ;;
esac
