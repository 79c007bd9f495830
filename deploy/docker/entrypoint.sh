#!/bin/sh
# Puts the kernels of the image where numba can use them, makes the folder for temporary files, and becomes the command.
#
# Numba refuses a cache that it may not write to, and the image's own files are read-only: so the kernels go to HOME, a
# tmpfs, seven megabytes of it. A kernel that does not fit this machine is compiled there as it would be anywhere.
set -eu

kernels=${IMAGE_KERNELS:-/opt/zhitui/share/zhitui/kernels}
mkdir -p "$HOME/.cache/zhitui" "${TMPDIR:-/tmp}"
cp -R "$kernels/." "$HOME/.cache/zhitui/"
exec "$@"
