#!/usr/bin/env bash
# Unpacks the programs of a node from Debian's packages once, without installing them, and prints their folder:
# ARTIFACT/VERSION/PROGRAM as the catalogue in artifacts/ names them, and images.tar, pause and test image in one.
#
#   test/lab/programs.sh           unpack them if they are not there (about a minute), print the path
#   test/lab/programs.sh --path    only print the path
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=apt.sh
source "$here/apt.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode/lab
arch=$(dpkg --print-architecture)
digest=$(printf '%s\n' "$arch" | cat - "$here/apt.sh" "$here/programs.sh" | sha256sum | cut -c1-16)
result=$cache/programs-$digest
# All that a cluster of the lab's may call a pause image, and the name that the lab's pods use.
tags=(registry.k8s.io/pause:3.2 k8s.gcr.io/pause:3.2 lab.example/busybox:1)

say() { printf 'programs: %s\n' "$*" >&2; }

# Upstream's part of a package's version: 20.10.24 of 20.10.24+dfsg1-1+deb12u1.
version_of() { dpkg-deb --field "$apt_root/debs/$1"_*.deb Version | sed 's/^[0-9]*://; s/[+~-].*//'; }

# put ARTIFACT PACKAGE FILE…: the files become the artifact of the package's version
put() {
  local dir
  dir=$out/$1/$(version_of "$2")
  mkdir -p "$dir"
  (cd "$tree" && cp -L "${@:3}" "$dir/")
}

# A docker archive, which `docker load` and `ctr images import` both take.
image() {
  local work=$1/image layer config list
  mkdir -p "$work"/rootfs/{bin,etc,tmp,www,proc,sys,dev}
  cp "$tree/bin/busybox" "$work/rootfs/bin/"
  "$tree/bin/busybox" --list | grep -vx busybox | while read -r list; do ln -sf busybox "$work/rootfs/bin/$list"; done
  printf 'root:x:0:0:root:/:/bin/sh\n' >"$work/rootfs/etc/passwd"
  printf '#!/bin/sh\ntrap "exit 0" TERM INT\nwhile :; do sleep 3600 & wait $!; done\n' >"$work/rootfs/pause"
  chmod 0755 "$work/rootfs/pause"
  tar -C "$work/rootfs" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$work/layer.tar" .
  layer=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":{"Entrypoint":["/pause"],"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$arch" "$layer" >"$work/config"
  config=$(sha256sum "$work/config" | cut -d ' ' -f 1)
  mv "$work/config" "$work/$config.json"
  list=$(printf '"%s",' "${tags[@]}")
  printf '[{"Config":"%s.json","RepoTags":[%s],"Layers":["layer.tar"]}]' "$config" "${list%,}" >"$work/manifest.json"
  tar -C "$work" --owner=0 --group=0 --mtime=@0 -cf "$out/images.tar" manifest.json "$config.json" layer.tar
}

collect() {
  apt_root=$1/apt tree=$1/tree out=$1/out
  mkdir -p "$apt_root" "$out"
  say 'downloading from Debian'
  apt_update bookworm
  apt_unpack "$tree" docker.io containerd runc tini etcd-server etcd-client containernetworking-plugins busybox-static
  put etcd etcd-server usr/bin/etcd usr/bin/etcdctl
  put containerd containerd usr/bin/{containerd,containerd-shim,containerd-shim-runc-v1,containerd-shim-runc-v2,ctr}
  put runc runc usr/sbin/runc
  put cni-plugins containernetworking-plugins usr/lib/cni/{bridge,host-local,loopback,portmap,firewall,bandwidth,tuning}
  # Docker's static archive has its own containerd and runc in it.
  put docker docker.io usr/bin/docker usr/sbin/{dockerd,docker-proxy,runc} usr/bin/{containerd,containerd-shim,containerd-shim-runc-v2,ctr}
  cp -L "$tree/usr/bin/tini" "$out/docker/$(version_of docker.io)/docker-init"
  image "$1"
}

cleanup() { if [[ -n $temp ]]; then rm -rf "$temp"; fi; }

main() {
  if [[ ! -d $result ]]; then
    mkdir -p "$cache"
    exec 9>"$cache/programs.lock"
    flock 9
  fi
  if [[ ! -d $result ]]; then # another process may have done it while this one waited
    rm -rf "$cache"/tmp-programs.* # of runs that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    temp=$(mktemp -d "$cache/tmp-programs.XXXXXX")
    (collect "$temp")
    rm -rf "$cache"/programs-*/
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
    say 'usage: test/lab/programs.sh [--path]'
    exit 2
    ;;
esac
