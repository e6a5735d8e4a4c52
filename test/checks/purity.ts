import type { Sources } from './direction.ts'
import { masked } from './masked.ts'
import { ROOMS } from './rooms-table.ts'

const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp; readonly instead: string }[] = [
  { what: 'Date.now', pattern: /\bDate\s*\.\s*now\b/g, instead: 'ask the Clock' },
  { what: 'Date without a value', pattern: /\bDate\s*\(\s*\)|\bnew\s+Date\b(?!\s*\()/g, instead: 'ask the Clock' },
  { what: 'performance', pattern: /(?<![\w$.])performance\s*\./g, instead: 'ask the Clock' },
  { what: 'Temporal.Now', pattern: /\bTemporal\s*\.\s*Now\b/g, instead: 'ask the Clock' },
  { what: 'a timer', pattern: /\bset(?:Timeout|Interval|Immediate)\b/g, instead: 'use Clock.at' },
  { what: 'AbortSignal.timeout', pattern: /\bAbortSignal\s*\.\s*timeout\b/g, instead: 'use Clock.at' },
  { what: 'Math.random', pattern: /\bMath\s*\.\s*random\b/g, instead: 'hash what identifies the thing' },
  {
    what: 'random bytes',
    pattern: /\b(?:randomUUID|randomBytes|randomInt|getRandomValues)\b/g,
    instead: 'hash what identifies the thing, or take a nonce from outside',
  },
  { what: 'process', pattern: /(?<![\w$.])process\s*(?:\.|\[)/g, instead: 'take it from the config' },
]

/** Uses of time, chance and environment in rooms that must not know them, as `file:line: what, and why`. */
export function impurities(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, source]) => {
    const room = /^src\/([^/]+)\//.exec(file)?.[1]
    if (room === undefined || !ROOMS[room]?.pure || file.endsWith('.test.ts')) return []
    const code = masked(source)
    return FORBIDDEN.flatMap(({ what, pattern, instead }) =>
      [...code.matchAll(pattern)].map(({ index }) => {
        const line = code.slice(0, index).split('\n').length
        return `${file}:${line}: uses ${what}, but ${room} must give the same answer every time: ${instead}`
      }),
    )
  })
}
