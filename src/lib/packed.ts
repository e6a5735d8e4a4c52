import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Small windows: what is packed is a few KB, and the memory for packing it is asked for each time. */
const PACKING = { level: 3, windowBits: 12, memLevel: 5 }

/**
 * The same object, of which one member is kept packed, and unpacked whenever it is read: for what is large and seldom looked
 * at. Whoever holds what was read holds it for all: it is unpacked again only when nobody does.
 */
export function packed<T extends object, K extends keyof T & string>(object: T, member: K): T {
  const { [member]: value, ...rest } = object
  if (value === undefined) return object
  // As text: a Buffer of a few hundred bytes keeps the many KB alive that it was cut out of.
  const bytes = deflateRawSync(JSON.stringify(value), PACKING).toString('latin1')
  let held: WeakRef<object> | undefined
  const get = (): unknown => {
    const known = held?.deref()
    if (known) return known
    const unpacked = JSON.parse(inflateRawSync(Buffer.from(bytes, 'latin1')).toString()) as object
    held = new WeakRef(unpacked)
    return unpacked
  }
  return Object.defineProperty(rest, member, { get, enumerable: true }) as unknown as T
}
