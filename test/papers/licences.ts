import satisfies from "spdx-satisfies";
import type { Package } from "./packages.ts";

/** Licences under which anything may be handed on with this project. */
const ALLOWED = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT"];

/** Licences that ask for more, for the packages of which we do it. */
const ALLOWED_FOR: { packages: RegExp; licence: string; because: string }[] = [
  {
    packages: /^@img\/sharp-/,
    licence: "LGPL-3.0-or-later",
    because: "a shared library that can be replaced; its notices and texts are in THIRD-PARTY-NOTICES",
  },
  {
    packages: /^libheif-js$/,
    licence: "LGPL-3.0",
    because: "a library of its own file that can be replaced; its notices and texts are in THIRD-PARTY-NOTICES",
  },
  {
    packages: /^@expo-google-fonts\//,
    licence: "OFL-1.1",
    because: "a font that may be embedded; it is handed on under its own name and licence, unchanged",
  },
];

/** The packages that may not be handed on, each with its licence. */
export function refused(packages: Pick<Package, "name" | "version" | "licence">[]): string[] {
  return packages
    .filter(({ name, licence }) => !isAllowed(name, licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence || "no licence"}`);
}

function isAllowed(name: string, licence: string): boolean {
  const more = ALLOWED_FOR.filter(({ packages }) => packages.test(name)).map((entry) => entry.licence);
  try {
    return satisfies(licence, [...ALLOWED, ...more]);
  } catch {
    // no SPDX expression: "SEE LICENSE IN …", or nothing at all
    return false;
  }
}
