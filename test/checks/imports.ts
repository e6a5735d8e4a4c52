import { masked } from './masked.ts'

export interface Import {
  /** Line in the file, from 1. */
  readonly line: number
  /** What is imported; `undefined` when it is computed. */
  readonly specifier: string | undefined
  /** `import type` and `export type`: nothing of it is left at run time. */
  readonly typeOnly: boolean
}

const CLAUSE = String.raw`(?:[\w$]+\s*,\s*)?(?:\{[^{}]*\}|\*(?:\s*as\s+[\w$]+)?|[\w$]+)`
/** `import a, { b } from 'x'`, `export * from 'x'`. In masked text quotes have only spaces between them. */
const FROM = new RegExp(
  String.raw`(?<![.\w$])(?:import|export)\b\s*(type\b(?!\s*(?:,|from\b)))?\s*${CLAUSE}\s*from\s*['"]`,
  'g',
)
const SIDE_EFFECT = /(?<![.\w$])import\s*['"]/g
const DYNAMIC = /(?<![.\w$])import\s*\(\s*(['"`]?)/g

/** Every import of a source file, in whatever form it is written. */
export function importsOf(source: string): readonly Import[] {
  const code = masked(source)
  const found: Import[] = []
  const add = (match: RegExpExecArray, typeOnly: boolean, literal = true) => {
    const start = match.index + match[0].length
    const quote = source.charAt(start - 1)
    const end = code.indexOf(quote, start)
    const specifier = literal && end >= 0 ? source.slice(start, end) : undefined
    const line = code.slice(0, match.index).split('\n').length
    found.push({ line, specifier: specifier?.includes('${') ? undefined : specifier, typeOnly })
  }
  for (const match of code.matchAll(FROM)) add(match, match[1] !== undefined)
  for (const match of code.matchAll(SIDE_EFFECT)) add(match, false)
  for (const match of code.matchAll(DYNAMIC)) add(match, false, match[1] !== '')
  return found.sort((a, b) => a.line - b.line)
}
