#!/bin/sh
# Fetches the vendored files again from the npm registry.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm pack --silent --pack-destination "$tmp" @tabler/core@1.6.1 htmx.org@4.0.1 jsqr@1.4.0 echarts@6.1.0
for f in "$tmp"/*.tgz; do mkdir "${f%.tgz}" && tar -xzf "$f" -C "${f%.tgz}"; done
cp "$tmp"/tabler-core-1.6.1/package/dist/css/tabler.min.css tabler-1.6.1/
cp "$tmp"/htmx.org-4.0.1/package/dist/htmx.min.js htmx-4.0.1/
cp "$tmp"/echarts-6.1.0/package/dist/echarts.min.js echarts-6.1.0/
npm install --silent --prefix "$tmp/tool" esbuild@0.28.2
"$tmp/tool/node_modules/.bin/esbuild" --minify "$tmp/jsqr-1.4.0/package/dist/jsQR.js" > jsqr-1.4.0/jsqr.min.js
