#!/bin/bash
# Packs knode as npm would publish it, installs it elsewhere without any registry and runs the main job with it: what is missing in
# the package shows. It must do alone: who works behind an air gap carries one file.
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "smoke: line $LINENO failed" >&2' ERR

cd "$repo"
tarball=$(npm pack --silent --pack-destination "$work" | tail -n 1)
mkdir "$work/elsewhere"
cd "$work/elsewhere"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --offline --cache "$work/empty" "$work/$tarball"
test "$(ls node_modules)" = knode

package=node_modules/knode
for file in LICENSE THIRD-PARTY-NOTICES sbom.cdx.json docs/cluster-file.md; do test -s "$package/$file"; done

# Prints each link of a shipped page that leads to no shipped file.
dead_links() {
  local page link
  while read -r page; do
    while read -r link; do
      if [[ ! -e ${page%/*}/$link ]]; then printf '%s: %s\n' "${page#"$package/"}" "$link"; fi
    done < <(grep -oP '\]\(\K[^)#\s]+' "$page" | grep -vP '^[a-z]+:')
  done < <(find "$package" -name '*.md')
}
dead=$(dead_links)
if [[ -n $dead ]]; then
  printf 'smoke: links in the package that lead nowhere:\n%s\n' "$dead" >&2
  exit 1
fi

knode() { ./node_modules/.bin/knode "$@"; }
knode --version
knode init smoke
knode validate
knode render --role master --index 0 >user-data
test "$(head -n 1 user-data)" = '#cloud-config'
knode render --all -o out
test -s out/w1/user-data && test -s out/w1/meta-data && test -s out/w1/network-config
knode explain --role worker --index 0 | grep -q kubelet.service
knode pki list --json | grep -q '"id": "kube-apiserver@m1"'
knode kubeconfig | grep -q 'kind: Config'
export AWS_ACCESS_KEY_ID=smoke AWS_SECRET_ACCESS_KEY=smoke AWS_REGION=us-east-1
knode mirror presign s3://smoke --expires 1h | grep -q X-Amz-Signature
knode schema | grep -q '"title": "knode cluster file"'
echo "smoke: knode from $tarball ($(wc -c <"$work/$tarball") bytes) works"
