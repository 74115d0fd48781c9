#!/usr/bin/env bash
# A stand-in for CoreDNS where nobody has it: dnsmasq of Debian's packages with its libraries, unpacked once and not installed.
# Prints a folder that becomes a layer above busybox: /coredns starts dnsmasq, which answers every name of the cluster's domain
# with the API's service address, and httpd for the probes. It shows where replicas run and when they answer, not what they know.
#
#   test/lab/dns.sh           make it if it is not there, print the path
#   test/lab/dns.sh --path    only print the path
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=apt.sh
source "$here/apt.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode/lab
arch=$(dpkg --print-architecture)
digest=$(printf '%s\n' "$arch" | cat - "$here/apt.sh" "$here/dns.sh" | sha256sum | cut -c1-16)
result=$cache/dns-$digest

say() { printf 'dns: %s\n' "$*" >&2; }

collect() {
  local tree=$1/tree out=$1/out loader
  apt_root=$1/apt
  mkdir -p "$apt_root" "$tree" "$out/dns"/{lib,www}
  say 'downloading from Debian'
  apt_update bookworm
  # With its dependencies: nothing is installed, so apt finds none of them there.
  apt_get install --download-only --no-install-recommends -y dnsmasq-base
  for package in "$apt_root"/cache/archives/*.deb; do dpkg-deb --extract "$package" "$tree"; done
  cp -L "$tree/usr/sbin/dnsmasq" "$out/dns/"
  find "$tree" -name 'lib*.so.*' -path '*-linux-gnu*' -exec cp -L {} "$out/dns/lib/" \;
  loader=$(find "$tree" -name 'ld-linux*.so.*' | head -n 1)
  cp -L "$loader" "$out/dns/loader"
  mkdir "$out/etc"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$out/etc/group"
  printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$out/etc/passwd"
  printf 'OK' | tee "$out/dns/www/health" >"$out/dns/www/ready"
  cat >"$out/coredns" <<'SCRIPT'
#!/bin/sh
# Lab only: not CoreDNS.
domain=$(sed -n 's/^ *kubernetes \([^ ]*\).*/\1/p' /etc/coredns/Corefile)
httpd -p 8080 -h /dns/www
httpd -p 8181 -h /dns/www
# --no-daemon keeps the user: the pod may not change it.
exec /dns/loader --library-path /dns/lib /dns/dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts \
  --address="/$domain/$KUBERNETES_SERVICE_HOST"
SCRIPT
  chmod 0755 "$out/coredns"
}

cleanup() { if [[ -n $temp ]]; then rm -rf "$temp"; fi; }

main() {
  if [[ ! -d $result ]]; then
    mkdir -p "$cache"
    exec 9>"$cache/dns.lock"
    flock 9
  fi
  if [[ ! -d $result ]]; then # another process may have done it while this one waited
    rm -rf "$cache"/tmp-dns.* # of runs that were killed: the lock says that none runs
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    temp=$(mktemp -d "$cache/tmp-dns.XXXXXX")
    (collect "$temp")
    rm -rf "$cache"/dns-*/
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
    say 'usage: test/lab/dns.sh [--path]'
    exit 2
    ;;
esac
