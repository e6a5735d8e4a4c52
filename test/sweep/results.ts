import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Learned } from './plans.ts'
import type { Verdict } from './play.ts'

/** One playing of a plan, as it is kept. */
export interface Result extends Pick<Verdict, 'struck' | 'violations' | 'wrong'> {
  readonly plan: string
}

/** What has been played with the source as it is, from earlier calls too. */
export interface Results {
  readonly all: readonly Result[]
  add(result: Result): void
  learned(): Learned | undefined
  keep(learned: Learned): void
}

/** What a result depends on. */
const SOURCES = 'package-lock.json {src,test/{sweep,harness,checker,cluster}}/**/*.ts crds/*'.split(' ')

/** In `.cache/sweep/`, by a hash of the source. */
export function resultsOf(root: string): Results {
  const hash = createHash('sha256')
  const files = globSync(SOURCES, { cwd: root }).filter(file => !file.endsWith('.test.ts'))
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(root, file)))
  const folder = join(root, '.cache', 'sweep', hash.digest('hex').slice(0, 16))
  mkdirSync(folder, { recursive: true })
  const [log, counts] = [join(folder, 'results.jsonl'), join(folder, 'learned.json')]
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []
  const all = lines.map(line => JSON.parse(line) as Result)
  return {
    all,
    add(result) {
      all.push(result)
      appendFileSync(log, `${JSON.stringify(result)}\n`)
    },
    learned: () => (existsSync(counts) ? (JSON.parse(readFileSync(counts, 'utf8')) as Learned) : undefined),
    keep: learned => writeFileSync(counts, JSON.stringify(learned)),
  }
}
