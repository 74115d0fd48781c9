import fc, { type Arbitrary } from 'fast-check';

/** A DER value as a tree, loose enough to be changed into invalid DER. */
interface Tlv {
  tag: number;
  content: Buffer | Tlv[];
  /** Bytes before the content of an OCTET or BIT STRING that holds DER itself. */
  lead: Buffer;
  /** Stands in the place of the right length. */
  length?: Buffer;
}

const none = Buffer.alloc(0);

function lengthOf(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count);
  const hex = count.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | digits.length), digits]);
}

function write({ tag, content, lead, length }: Tlv): Buffer {
  const inner = Buffer.concat([lead, ...(Array.isArray(content) ? content.map(write) : [content])]);
  return Buffer.concat([Buffer.of(tag), length ?? lengthOf(inner.length), inner]);
}

/** The values that fill `bytes` exactly; undefined when they do not. */
function read(bytes: Buffer): Tlv[] | undefined {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0] = bytes.subarray(at);
    const digits = first < 0x80 ? 0 : first & 0x7f;
    if (digits > 4 || first === 0x80 || at + 2 + digits > bytes.length) return undefined;
    const start = at + 2 + digits;
    const count = digits === 0 ? first : bytes.readUIntBE(at + 2, digits);
    if (start + count > bytes.length) return undefined;
    found.push(readOne(tag, bytes.subarray(start, start + count)));
    at = start + count;
  }
  return found;
}

function readOne(tag: number, content: Buffer): Tlv {
  const lead = tag === 3 ? content.subarray(0, 1) : none;
  const isHolder = (tag & 0x20) !== 0 || tag === 3 || tag === 4;
  const inner = isHolder && content.length > lead.length + 1 ? read(content.subarray(lead.length)) : undefined;
  return inner === undefined ? { tag, content, lead: none } : { tag, content: inner, lead };
}

function all(tlv: Tlv): Tlv[] {
  return [tlv, ...(Array.isArray(tlv.content) ? tlv.content.flatMap(all) : [])];
}

function nested(depth: number, tag: number): Buffer {
  let inner: Buffer = none;
  const parts: Buffer[] = [];
  let size = 0;
  for (let level = 0; level < depth; level++) {
    const head = Buffer.concat([Buffer.of(tag), lengthOf(size)]);
    size += head.length;
    parts.push(head);
  }
  inner = Buffer.concat(parts.reverse());
  return inner;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((one) => Buffer.from(one));

/** Lengths that lie: without an end, longer than the rest, as long as no memory, longer than a number, negative. */
const lies = ['80', '00', '7f', '8100', '81ff', '82ffff', '847fffffff', '84ffffffff', '8801ffffffffffffff', 'fe', 'ff'];

/** One of the choices, uniformly: fast-check would prefer the first. */
const place = fc.noBias(fc.integer({ min: 0, max: 9999 })).map((one) => one / 10_000);

type Change = (tlv: Tlv) => void;

const change: Arbitrary<Change> = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map(
    (tag): Change =>
      (tlv) =>
        Object.assign(tlv, { tag }),
  ),
  fc.constantFrom(...lies).map(
    (lie): Change =>
      (tlv) =>
        Object.assign(tlv, { length: Buffer.from(lie, 'hex') }),
  ),
  bytes(40).map(
    (content): Change =>
      (tlv) =>
        Object.assign(tlv, { content }),
  ),
  fc.constantFrom(0, 1, 16, 255, 256, 300, 5000).map((depth): Change => {
    return (tlv) => Object.assign(tlv, { content: nested(depth, 0x30), lead: none });
  }),
  place.map(
    (share): Change =>
      (tlv) => {
        if (!Array.isArray(tlv.content)) tlv.content = tlv.content.subarray(0, Math.floor(share * tlv.content.length));
        else tlv.content.splice(Math.floor(share * tlv.content.length), 1);
      },
  ),
  place.map(
    (share): Change =>
      (tlv) => {
        if (Array.isArray(tlv.content)) tlv.content.push(...tlv.content.slice(Math.floor(share * tlv.content.length)));
        else tlv.content = Buffer.concat([tlv.content, tlv.content]);
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([share, mask]) => {
    const flip: Change = (tlv) => {
      if (Array.isArray(tlv.content) || tlv.content.length === 0) return;
      const copy = Buffer.from(tlv.content);
      const at = Math.floor(share * copy.length);
      copy[at] = (copy[at] ?? 0) ^ mask;
      tlv.content = copy;
    };
    return flip;
  }),
);

/** Values inside OCTET STRINGs: of extensions and private keys, which OpenSSL's first parse skips. */
function wrapped(root: Tlv): Tlv[] {
  return all(root).flatMap((one) => (one.tag === 4 && Array.isArray(one.content) ? one.content.flatMap(all) : []));
}

/** Values inside it are changed, and the lengths around them stay right: this passes a first parse. */
function changedInside(der: Buffer, choose: (root: Tlv) => Tlv[]): Arbitrary<Buffer> {
  return fc.array(fc.tuple(place, change), { minLength: 1, maxLength: 2 }).map((changes) => {
    const [root] = read(der) ?? [];
    if (root === undefined) throw new Error('the seed is no DER');
    for (const [share, apply] of changes) {
      const values = choose(root);
      apply(values[Math.floor(share * values.length)] ?? root);
    }
    return write(root);
  });
}

/** Bytes of it go, come, or turn into others, wherever they stand. */
function changedOutside(der: Buffer): Arbitrary<Buffer> {
  return fc.tuple(place, fc.nat(8), bytes(8), fc.boolean()).map(([share, gone, come, cut]) => {
    const at = Math.floor(share * der.length);
    return cut ? der.subarray(0, at) : Buffer.concat([der.subarray(0, at), come, der.subarray(at + gone)]);
  });
}

/** Damaged DER made of a sound one, or of nothing. */
export function damagedDer(der: Buffer): Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 4, arbitrary: changedInside(der, wrapped) },
    { weight: 3, arbitrary: changedInside(der, all) },
    { weight: 1, arbitrary: changedOutside(der) },
    { weight: 1, arbitrary: bytes(200) },
  );
}

/** The same behind the labels of the PEM text that it came from, or a PEM text that is damaged itself. */
export function damagedPem(pem: string): Arbitrary<string> {
  const [, label = '', body = ''] = /-----BEGIN ([A-Z ]+)-----([^-]+)-----END/.exec(pem) ?? [];
  const wrap = (der: Buffer) =>
    `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
  const text = fc.tuple(place, place, fc.string({ unit: 'binary', maxLength: 5 })).map(([from, to, put]) => {
    const at = Math.floor(from * pem.length);
    return pem.slice(0, at) + put + pem.slice(at + Math.floor(to * 20));
  });
  return fc.oneof(
    { weight: 8, arbitrary: damagedDer(Buffer.from(body, 'base64')).map(wrap) },
    { weight: 1, arbitrary: text },
  );
}
