import { type Figure, shown } from '../figures.ts'
import type { Change, Nights } from '../sleepers.ts'
import { median } from '../statistics.ts'

interface Measure {
  readonly what: string
  readonly unit: string
  /** Whether it is in there how long the peer has waited. */
  readonly waits?: boolean
  readonly of: (nights: Nights) => readonly number[]
}

const changes =
  (when: 'sleep' | 'wake', of: (change: Change) => number) =>
  ({ nights }: Nights) =>
    nights.map(night => of(night[when]))

const MEASURES: readonly Measure[] = [
  { what: 'sleep, asked for → last one', unit: 's', waits: true, of: changes('sleep', ({ took }) => took / 1000) },
  { what: 'sleep, first write → last one', unit: 's', of: changes('sleep', ({ work }) => work / 1000) },
  { what: 'wake, asked for → last one', unit: 's', waits: true, of: changes('wake', ({ took }) => took / 1000) },
  { what: 'wake, first write → last one', unit: 's', of: changes('wake', ({ work }) => work / 1000) },
  { what: 'requests of a sleep', unit: '', of: changes('sleep', ({ requests }) => requests) },
  { what: 'memory at rest', unit: 'MB', of: ({ rest }) => [rest / 1e6] },
  { what: 'memory at the most', unit: 'MB', of: ({ most }) => [most / 1e6] },
]

/**
 * What a peer has made of it and, where Rota has done the same in this run, how many times what Rota needed that is.
 * @param waiting what one has to know of its waiting
 */
export function nightFigures(
  who: string,
  peer: Nights,
  rota: Nights | undefined,
  waiting: string | undefined,
): readonly Figure[] {
  return MEASURES.flatMap(({ what, unit, waits, of }): readonly Figure[] => {
    const values = of(peer)
    const note = waits && waiting !== undefined ? { note: waiting } : undefined
    const figure = { what: `${who}: ${what}`, target: '', unit, values, ...note }
    if (!rota) return [figure]
    const own = median(of(rota))
    const compared = { what: "the same, by Rota's", target: '', unit: '×', values: values.map(value => value / own) }
    return [figure, { ...compared, note: `Rota ${shown(own)} ${unit}`.trim() }]
  })
}
