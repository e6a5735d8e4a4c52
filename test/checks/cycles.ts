import { type Sources, target } from './direction.ts'
import { importsOf } from './imports.ts'

/**
 * Circles of imports, as `a → b → a`, each once. Types count too: files that need each other's types are one idea, or
 * hide a third.
 */
export function cycles(sources: Sources): readonly string[] {
  const found: string[] = []
  const done = new Set<string>()
  const path: string[] = []

  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start >= 0) {
      found.push([...path.slice(start), file].join(' → '))
      return
    }
    if (done.has(file)) return
    path.push(file)
    for (const { specifier } of importsOf(sources.get(file) ?? '')) {
      const next = specifier === undefined ? undefined : target(file, specifier)
      if (next !== undefined && sources.has(next)) visit(next)
    }
    path.pop()
    done.add(file)
  }
  for (const file of sources.keys()) visit(file)
  return [...new Set(found)].map(cycle => `${cycle.split(' → ')[0]}:1: imports itself: ${cycle}`)
}
