/** Throws where somebody calls one of the packages that this one replaces. */
export default function absent() {
  throw new Error("this package is left out of the service (overrides in package.json, reasons in CONTRIBUTING.md)");
}

// jimp: Jimp.read(bytes)
absent.read = absent;

// umzug's command line: classes that extend these; wechaty-puppet-service: new PuppetServer(options)
export { absent as CommandLineAction, absent as CommandLineParser, absent as PuppetServer };
