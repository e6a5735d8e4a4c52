import { messageOf } from '../lib/text.ts'

/** Where something is in a manifest: `['spec', 'operation', 'scale', 'names', 1]`. */
export type Path = readonly (string | number)[]

/** One thing that is wrong with a manifest. */
export interface Finding {
  readonly path: Path
  /** What is wrong, and what to write instead. */
  readonly message: string
  /** One CamelCase word, for a condition. */
  readonly reason: string
}

/** `spec.operation.scale.names[1]`, as the API server writes it. */
export function pathText(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')
}

/** What a check complains of. */
export function complaint(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Members of a map, none for anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** All values at a path, in which `*` stands for each item of a list. */
export function valuesAt(root: unknown, pattern: readonly string[]): readonly (readonly [Path, unknown])[] {
  let found: readonly (readonly [Path, unknown])[] = [[[], root]]
  for (const part of pattern) {
    found = found.flatMap(([path, value]): (readonly [Path, unknown])[] => {
      if (part === '*') return Array.isArray(value) ? value.map((item, index) => [[...path, index], item] as const) : []
      const member = membersOf(value)[part]
      return member === undefined || member === null ? [] : [[[...path, part], member]]
    })
  }
  return found
}

/** A value without what is at a path; where nothing is there, as it is. */
export function without(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return undefined
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const kept = index === first ? without(item, rest) : item
      return kept === undefined ? [] : [kept]
    })
  }
  const members = membersOf(value)
  if (!Object.hasOwn(members, first)) return value
  const { [first]: member, ...others } = members
  const kept = without(member, rest)
  return kept === undefined ? others : { ...others, [first]: kept }
}
