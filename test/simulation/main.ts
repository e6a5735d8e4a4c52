import { once } from 'node:events'
import { parseArgs, styleText } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { story } from './story.ts'
import { Tally } from './tally.ts'

// Tells stories on the model of the API server until so many runs have been in them, on all processors; or one of them,
// write by write. `npm run simulate -- --runs 1000000 --seed 1`, `npm run simulate -- --story 53`.

/** What a worker says of one story. */
interface Line {
  readonly seed: number
  readonly runs: number
  readonly counts: readonly (readonly [string, number])[]
  readonly violations: readonly string[]
}

const OPTIONS = {
  runs: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
  workers: { type: 'string', default: '2' },
  story: { type: 'string' },
} as const
/** So many seconds between two lines of progress. */
const PROGRESS = 15

if (isMainThread) {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.story !== undefined) await tellOne(Number(values.story))
  else await tellAll(Number(values.runs), Number(values.seed), Number(values.workers))
} else {
  parentPort?.on('message', async (seed: number) => {
    const { runs, tally, violations } = await story(seed)
    parentPort?.postMessage({ seed, runs, counts: [...tally.counts], violations } satisfies Line)
  })
}

async function tellOne(seed: number): Promise<void> {
  const { chronicle, violations } = await story(seed, true)
  console.log(chronicle.join('\n'))
  for (const violation of violations) console.log(styleText('red', violation))
  process.exitCode = violations.length > 0 ? 1 : 0
}

async function tellAll(wanted: number, first: number, workers: number): Promise<void> {
  const begun = performance.now()
  const tally = new Tally()
  const wrong: Line[] = []
  let next = first
  let runs = 0
  const seconds = () => (performance.now() - begun) / 1000
  const stand = () =>
    `${runs} of ${wanted} runs in ${next - first} stories, ${seconds().toFixed(0)} s, ${(runs / seconds()).toFixed(0)} runs/s, ${wrong.length} wrong`
  const timer = setInterval(() => console.log(stand()), PROGRESS * 1000)
  const told = (line: Line) => {
    runs += line.runs
    for (const [what, count] of line.counts) tally.add(what, count)
    if (line.violations.length === 0) return
    wrong.push(line)
    console.log(`${styleText('red', `story ${line.seed}`)}\n  ${line.violations.slice(0, 5).join('\n  ')}`)
  }
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Worker(new URL(import.meta.url))
      try {
        while (runs < wanted) told(await answer(worker, next++))
      } finally {
        await worker.terminate()
      }
    }),
  )
  clearInterval(timer)
  console.log(`\n${'WHAT HAPPENED'.padEnd(36)}  TIMES`)
  for (const [what, count] of [...tally.counts].sort()) console.log(`${what.padEnd(36)}  ${count}`)
  console.log(`\n${stand()}; seeds ${first} to ${next - 1}`)
  if (wrong.length > 0) console.log(`npm run simulate -- --story ${wrong[0]?.seed} tells the first of them`)
  process.exitCode = wrong.length > 0 ? 1 : 0
}

async function answer(worker: Worker, seed: number): Promise<Line> {
  worker.postMessage(seed)
  const [line] = (await once(worker, 'message')) as [Line]
  return line
}
