/**
 * The only file of node-forge that knode uses. Its own types cover only the package's main entry, which also loads TLS,
 * PKCS #12 and every cipher and takes more than twice as long to start.
 */
declare module 'node-forge/lib/asn1.js' {
  /** Strings hold bytes, one per character (latin1). */
  export interface Asn1 {
    readonly tagClass: number;
    readonly type: number;
    readonly constructed: boolean;
    readonly value: string | Asn1[];
  }

  const asn1: {
    create(tagClass: number, type: number, constructed: boolean, value: string | Asn1[]): Asn1;
    fromDer(bytes: string, options: { decodeBitStrings: boolean }): Asn1;
    toDer(node: Asn1): { getBytes(): string };
    oidToDer(oid: string): { getBytes(): string };
    derToOid(bytes: string): string;
  };
  // biome-ignore lint/style/noDefaultExport: Node gives the exports of a CommonJS module as its default.
  export default asn1;
}
