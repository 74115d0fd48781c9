#!/usr/bin/env bash
# Installs the outside programs that judge knode's output (Debian 12). Running it again when all is there takes no time.
#
#   scripts/setup-referees.sh           install what is missing (root)
#   scripts/setup-referees.sh --check   only say what is missing
#
# Exit codes: 0 everything is there; 1 something is missing and could not be installed; 2 wrong usage.
# No daemon that it brings is started or enabled: the referees start the programs themselves.
set -euo pipefail
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# What a referee calls (a command, or the path of a file) and the Debian package that has it.
needs=(
  cloud-init:cloud-init
  systemctl:systemd
  systemd-nspawn:systemd-container
  debootstrap:debootstrap
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
  etcd:etcd-server
  etcdctl:etcd-client
  nginx:nginx-light
  /usr/lib/nginx/modules/ngx_stream_module.so:libnginx-mod-stream
  dockerd:docker.io
  containerd:containerd
  runc:runc
  kubectl:kubernetes-client
  shellcheck:shellcheck
  zsh:zsh
  fish:fish
  openssl:openssl
  curl:curl
  jq:jq
  ip:iproute2
  iptables:iptables
  nft:nftables
  findmnt:util-linux
  setpriv:util-linux
  nsenter:util-linux
  losetup:mount
  dpkg-source:dpkg-dev
  sfdisk:fdisk
  uuidgen:uuid-runtime
  xorriso:xorriso
  packer:packer
  ssh-keygen:openssh-client
  python3:python3
  mkfs.ext4:e2fsprogs
  mkfs.xfs:xfsprogs
  /etc/ssl/certs/ca-certificates.crt:ca-certificates
  docker-registry:docker-registry
  /usr/share/doc/busybox-static:busybox-static
  ceph-mon:ceph-mon
  ceph-osd:ceph-osd
  radosgw:radosgw
  swift-proxy-server:swift-proxy
  swift-account-server:swift-account
  swift-container-server:swift-container
  swift-object-server:swift-object
  rclone:rclone
  s3cmd:s3cmd
  strace:strace
  dnf:dnf
  rpmbuild:rpm
  createrepo_c:createrepo-c
)

# dbus-daemons and systemd itself are left as their packages set them: a machine without them has no daemons to guard.
keep_enabled='^(dbus|systemd|systemd-sysv|udev|libpam-systemd)$'

policy=/usr/sbin/policy-rc.d
policy_saved=$policy.before-knode
policy_mark='knode: no service starts while the referees are installed'

say() { printf 'setup-referees: %s\n' "$*" >&2; }

missing_packages() {
  local need what
  for need in "${needs[@]}"; do
    what=${need%:*}
    if [[ $what == /* ]]; then [[ -e $what ]]; else command -v "$what" >/dev/null; fi || printf '%s\n' "${need##*:}"
  done | sort -u
}

installed_packages() {
  # shellcheck disable=SC2016 # dpkg's own format fields
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u
}

# invoke-rc.d and deb-systemd-invoke ask this file before they start a service; 101 is "no".
forbid_starts() {
  restore_policy # of a run that was killed
  if [[ -e $policy ]]; then mv "$policy" "$policy_saved"; fi
  printf '#!/bin/sh\n# %s\nexit 101\n' "$policy_mark" >"$policy"
  chmod 0755 "$policy"
}

restore_policy() {
  if grep -qsF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  if [[ -e $policy_saved ]]; then mv "$policy_saved" "$policy"; fi
}

# On a developer's machine the next boot must be as the last one was.
disable_units_of() {
  local package unit units=()
  for package in "$@"; do
    [[ $package =~ $keep_enabled ]] && continue
    while read -r unit; do units+=("${unit##*/}"); done < <(
      dpkg -L "$package" | grep -E '^(/usr)?/lib/systemd/system/[^/@]+\.(service|socket|timer|target|path)$' || true
    )
  done
  if ((${#units[@]})); then systemctl --root=/ --quiet disable "${units[@]}" 2>/dev/null || true; fi
  if [[ " $* " == *' cloud-init '* ]]; then
    touch /etc/cloud/cloud-init.disabled
    say 'cloud-init is new on this machine: disabled at its boot (/etc/cloud/cloud-init.disabled)'
  fi
}

main() {
  if (($# > 1)) || [[ ${1:---check} != --check ]]; then
    say 'usage: scripts/setup-referees.sh [--check]'
    exit 2
  fi
  local missing id='' version=''
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    say 'every referee is there'
    return 0
  fi
  say "missing Debian packages: ${missing[*]}"
  if (($#)); then exit 1; fi

  # shellcheck disable=SC1091 # the machine's own file
  if [[ -r /etc/os-release ]]; then read -r id version < <(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}"); fi
  if [[ $id != debian || $version != 12 ]]; then
    say "this is ${id:-an unknown system} ${version}; the referees are Debian 12's. Use such a machine (or a privileged container)."
    exit 1
  fi
  if ((EUID != 0)); then
    say 'not root: run it with sudo, or install the packages above by hand'
    exit 1
  fi

  trap restore_policy EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  forbid_starts

  local before new apt=(apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  export DEBIAN_FRONTEND=noninteractive
  before=$(installed_packages)
  if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; }; then
    say 'apt-get failed: see above'
    exit 1
  fi
  mapfile -t new < <(comm -13 <(printf '%s\n' "$before") <(installed_packages))
  disable_units_of "${new[@]}"

  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]})); then
    say "still missing after the installation: ${missing[*]}"
    exit 1
  fi
  say "installed ${#new[@]} packages; every referee is there"
}

main "$@"
