#!/bin/sh
# Compiles, once and for the image, all bytecode and every kernel of the matcher: warm.sh FOLDER-OF-THE-ENVIRONMENT
set -eu

environment=$1
cd / # away from the sources: Python prefers what lies in its working folder, and kernels are kept under their source's path
engine=$("$environment/bin/python" -c 'import importlib.util as u; print(u.find_spec("services.matcher.engine").submodule_search_locations[0])')

"$environment/bin/python" -m compileall -q "$environment/lib"
"$environment/bin/python" -m services.matcher.warm

mkdir -p "$environment/share/zhitui/kernels"
mv "$engine"/__pycache__/kernels-* "$environment/share/zhitui/kernels/"
