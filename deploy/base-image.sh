#!/bin/sh
# Makes a base image with Python where no registry can be reached: Debian by debootstrap, committed as localhost/takedown-base:SUITE.
#
#   deploy/base-image.sh [SUITE]        trixie (Python 3.13) where none is named; bookworm (Python 3.11) works too
#
# Needs root, buildah and debootstrap. MIRROR names another Debian mirror, STORAGE_DRIVER another driver of buildah's than vfs.
# The root file system is kept in the user's cache, so that the image can be made again without a download. Prints the image's name.
set -eu

suite=${1:-trixie}
mirror=${MIRROR:-http://deb.debian.org/debian}
image=localhost/takedown-base:$suite
cache=${XDG_CACHE_HOME:-$HOME/.cache}/takedown-pipeline
root=$cache/base-$suite

in_store() { buildah --storage-driver "${STORAGE_DRIVER:-vfs}" "$@"; }

# Leaves out what only installing packages needs, and devices, which a container gets from whoever runs it.
strip() {
    rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/* "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale "$1"/dev
    mkdir "$1/dev"
}

if [ ! -d "$root" ]; then
    mkdir -p "$cache"
    partial=$(mktemp -d "$root.partial-XXXXXX")
    trap 'rm -rf "$partial"' EXIT
    chmod 755 "$partial"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$partial" "$mirror" >&2
    strip "$partial"
    mv -T "$partial" "$root" || [ -d "$root" ] # another run was quicker
fi

container=$(in_store from scratch)
in_store copy -q "$container" "$root" / >&2
in_store config --cmd python3 --env PATH=/usr/local/bin:/usr/bin:/bin \
    --label "org.opencontainers.image.title=Debian $suite with Python" "$container"
in_store commit -q --rm --format docker "$container" "$image" >&2
echo "$image"
