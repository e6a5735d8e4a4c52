import { dirname, join, normalize } from 'node:path/posix'
import { type Import, importsOf } from './imports.ts'
import { ROOMS, type Room, TESTS } from './rooms-table.ts'

/** Paths from the root of the repository, with slashes, and the text of each file. */
export type Sources = ReadonlyMap<string, string>

/** Imports that the table of rooms does not allow, as `file:line: what, and why`. */
export function wrongDirections(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, source]) => {
    const name = roomOf(file)
    // Files directly in src put the rooms together: they may know everyone.
    if (name === undefined) return []
    const room = ROOMS[name]
    if (!room)
      return [`${file}:1: there is no room '${name}': move the file, or add the room to test/checks/rooms-table.ts`]
    return importsOf(source).flatMap(found => {
      const problem = problemOf(found, file, name, room)
      return problem === undefined ? [] : [`${file}:${found.line}: ${problem}`]
    })
  })
}

/** The file that a relative import leads to, from the root of the repository. */
export function target(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function problemOf({ specifier, typeOnly }: Import, file: string, name: string, room: Room): string | undefined {
  if (specifier === undefined) return 'imports a computed name, which nobody can check: write it out'
  const test = file.endsWith('.test.ts')
  const path = target(file, specifier)
  if (path === undefined) {
    const allowed = [...room.packages, ...(test ? TESTS.packages : [])]
    if (allowed.some(entry => covers(entry, specifier))) return undefined
    return `imports ${specifier}, but ${test ? 'tests in ' : ''}${name} may use ${listed(allowed, 'no package')}`
  }
  if (test && TESTS.folders.some(folder => path.startsWith(`${folder}/`))) return undefined
  if (!path.startsWith('src/')) return `imports ${path}, but src must not depend on anything outside of it`
  const inside = path.slice('src/'.length)
  const within = (entry: string) => inside.startsWith(`${entry}/`) || inside === `${entry}.ts`
  if ([name, ...room.values].some(within)) return undefined
  const types = room.types ?? []
  if (!types.some(within))
    return `imports ${path}, but ${name} may import only ${listed([...room.values, ...types], 'itself')}`
  return typeOnly ? undefined : `imports ${path}, but ${name} may take only types from there: write import type`
}

/** `hono` allows `hono/css` too, `node:*` every module of Node. */
function covers(entry: string, specifier: string): boolean {
  return (
    entry === specifier || (entry === 'node:*' && specifier.startsWith('node:')) || specifier.startsWith(`${entry}/`)
  )
}

function listed(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.join(', ')
}
