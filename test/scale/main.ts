// What 100,000 and 1,000,000 tasks need: `npm run scale`, with `-o json` for machines; it draws src/beyond-one-machine.svg, the
// same each time. `npm run scale -- --measure 100000` measures what so many tasks cost in a process, here and now.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { svgOf } from '../bench/plot.ts'
import { distribution } from '../bench/statistics.ts'
import { answer, MEASURED_OVER_FLOOR, overFloorOf, type Size } from './answers.ts'
import { measure } from './in-process.ts'
import { count, tableOf } from './table.ts'

const PLOT = 'src/beyond-one-machine.svg'
const SIZES: readonly Size[] = [
  { tasks: 100_000, cores: 2 },
  { tasks: 100_000, cores: 16 },
  { tasks: 1_000_000, cores: 16 },
  { tasks: 1_000_000, cores: 64 },
]
const POINTS = 60
const OUTPUTS = ['table', 'json']

const { values } = parseArgs({
  options: {
    output: { type: 'string', short: 'o', default: 'table' },
    measure: { type: 'string' },
  },
})
if (!OUTPUTS.includes(values.output)) throw new Error(`-o ${values.output}: must be one of ${OUTPUTS.join(', ')}`)
const print = (data: object, text: () => string) =>
  console.log(values.output === 'json' ? JSON.stringify(data, undefined, 2) : text())

if (values.measure !== undefined) {
  const measured = await measure(Number(values.measure))
  print(measured, () =>
    Object.entries(measured)
      .map(([what, value]) => `${what.padEnd(12)} ${value.toPrecision(3)}`)
      .join('\n'),
  )
} else {
  const all = []
  for (const size of SIZES) all.push(await answer(size))
  const answers = all.map(({ answer }) => answer)
  const overFloor = { 500: overFloorOf(500), 1000: overFloorOf(1000), measured: MEASURED_OVER_FLOOR }
  print({ answers, overFloor }, () => {
    const [few, many, measured] = Object.values(overFloor).map(value => value.toFixed(2))
    return `${tableOf(answers)}\n\nThe k-th of 500 due at once: ${few} × k·w/C, of 1,000: ${many} ×; measured: ${measured} ×.\n${PLOT} shows it.`
  })
  const series = all.flatMap(({ answer: { tasks, cores }, lateness }) =>
    lateness.map((late, n) => ({
      name: `${count(tasks / 1000)}k, ${cores} cores${n === 0 ? '' : ', jitter'}`,
      points: distribution([...late], POINTS).map(([milliseconds, share]) => [milliseconds / 1000, share] as const),
    })),
  )
  const plot = { title: 'Tasks put to sleep at 20:00 in one zone', x: 'late by (s)', y: 'share of them', series }
  writeFileSync(PLOT, svgOf({ ...plot, logarithmic: true }))
}
