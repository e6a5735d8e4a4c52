import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Small windows: what is packed is a few KB, and the memory for packing it is asked for each time. */
const PACKING = { level: 3, windowBits: 12, memLevel: 5 }

/** What is packed, as text: a Buffer of a few hundred bytes keeps the many KB alive that it was cut out of. */
const PACKED = Symbol('packed')
/** What was unpacked, for as long as somebody holds it: it is unpacked again only when nobody does. */
const HELD = Symbol('held')

interface Packed {
  readonly [PACKED]: string
  [HELD]: WeakRef<object>
}

/**
 * The same object, of which only some members are kept as they are; the others are kept packed, and unpacked when one of them
 * is read: for what is large and seldom looked at. It reads, spreads and is written like the object itself.
 */
export function packed<T extends object>(object: T, plain: readonly (keyof T)[]): T {
  const stays = ([member, value]: [string, unknown]) => value === undefined || plain.includes(member as keyof T)
  const members = Object.entries(object)
  const rest = members.filter(entry => !stays(entry))
  if (rest.length === 0) return object
  const value = Object.fromEntries(rest)
  const bytes = deflateRawSync(JSON.stringify(value), PACKING).toString('latin1')
  const small: object = Object.fromEntries(members.filter(stays))
  Object.defineProperty(small, PACKED, { value: bytes })
  Object.defineProperty(small, HELD, { value: new WeakRef(value), writable: true })
  // One function for all objects that have such a member: with one each, each of them would be of a shape of its own.
  for (const [member] of rest) Object.defineProperty(small, member, { get: readerOf(member), enumerable: true })
  return small as T
}

type Reader = (this: Packed) => unknown

const readers = new Map<string, Reader>()

function readerOf(member: string): Reader {
  const known = readers.get(member)
  if (known) return known
  function read(this: Packed): unknown {
    return (unpacked(this) as Readonly<Record<string, unknown>>)[member]
  }
  readers.set(member, read)
  return read
}

function unpacked(small: Packed): object {
  const known = small[HELD].deref()
  if (known) return known
  const value = JSON.parse(inflateRawSync(Buffer.from(small[PACKED], 'latin1')).toString()) as object
  small[HELD] = new WeakRef(value)
  return value
}
