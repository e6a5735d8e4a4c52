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
  let value = root
  for (const [at, part] of pattern.entries()) {
    if (part === '*') {
      const [path, rest] = [pattern.slice(0, at), pattern.slice(at + 1)]
      if (!Array.isArray(value)) return []
      return value.flatMap((item, index) =>
        valuesAt(item, rest).map(([within, found]) => [[...path, index, ...within], found] as const),
      )
    }
    value = membersOf(value)[part]
    // Most of what is asked for is not there: this comes first for every task that is read.
    if (value === undefined || value === null) return []
  }
  return [[pattern, value]]
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
