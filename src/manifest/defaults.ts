import { membersOf } from './finding.ts'
import type { Schema } from './structure.ts'

/** A value as the API server stores it: with what stands for members that are left out, or null. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => (schema.items ? withDefaults(schema.items, item) : item))
  if (schema.type !== 'object') return value
  const { properties = {}, members } = schema
  const given = Object.entries(membersOf(value)).flatMap(([name, member]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : members
    if (!property) return [[name, member] as const]
    return member === null || member === undefined ? [] : [[name, withDefaults(property, member)] as const]
  })
  const names = new Set(given.map(([name]) => name))
  const added = Object.entries(properties).flatMap(([name, property]) =>
    names.has(name) || property.default === undefined
      ? []
      : [[name, withDefaults(property, property.default)] as const],
  )
  return Object.fromEntries([...given, ...added])
}
