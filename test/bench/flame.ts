import { escaped } from './plot.ts'

/** Of what `node --cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string }
    readonly children?: readonly number[]
  }[]
  /** The node that was running, at each look. */
  readonly samples: readonly number[]
  /** Microseconds since the look before. */
  readonly timeDeltas: readonly number[]
}

/** A function as it was called from there, and for how many milliseconds: itself, and with what it called. */
export interface Frame {
  readonly name: string
  readonly own: number
  readonly total: number
  readonly calls: readonly Frame[]
}

/** What is nobody's work. */
const REST = new Set(['(idle)', '(program)'])

/** The calls of a profile, those of one function from the same place taken together; the longest first. */
export function framesOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const own = new Map<number, number>()
  samples.forEach((id, n) => void own.set(id, (own.get(id) ?? 0) + (timeDeltas[n] ?? 0) / 1000))
  const byId = new Map(nodes.map(node => [node.id, node]))
  const nameOf = (id: number) => byId.get(id)?.callFrame.functionName || '(anonymous)'
  const merged = (name: string, ids: readonly number[]): Frame => {
    const called = Map.groupBy(
      ids.flatMap(id => byId.get(id)?.children ?? []),
      nameOf,
    )
    const calls = [...called]
      .filter(([name]) => !REST.has(name))
      .map(([name, ids]) => merged(name, ids))
      .filter(({ total }) => total > 0)
      .sort((a, b) => b.total - a.total)
    const self = ids.reduce((sum, id) => sum + (own.get(id) ?? 0), 0)
    return { name, own: self, total: calls.reduce((sum, { total }) => sum + total, self), calls }
  }
  const [root] = nodes
  return merged('all', root ? [root.id] : [])
}

const WIDTH = 1200
const ROW = 18
/** What is narrower than this, in pixels, cannot be seen. */
const NARROWEST = 0.5

/** From the top down: who called whom, as wide as it took. The name stands in it, or appears under the pointer. */
export function flameGraph(all: Frame): string {
  const rows: string[] = []
  let depth = 0
  const draw = (frame: Frame, left: number, row: number) => {
    const width = (frame.total / all.total) * WIDTH
    if (width < NARROWEST) return
    depth = Math.max(depth, row + 1)
    const share = ((frame.total / all.total) * 100).toFixed(1)
    const about = `${frame.name}: ${share} %, ${frame.total.toFixed(0)} ms, ${frame.own.toFixed(0)} of them itself`
    const shown = width > 40 ? frame.name.slice(0, Math.floor(width / 7)) : ''
    rows.push(
      `<g><title>${escaped(about)}</title><rect x="${left.toFixed(1)}" y="${row * ROW}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(frame.name)}"/><text x="${(left + 3).toFixed(1)}" y="${row * ROW + 13}">${escaped(shown)}</text></g>`,
    )
    let next = left
    for (const call of frame.calls) {
      draw(call, next, row + 1)
      next += (call.total / all.total) * WIDTH
    }
  }
  draw(all, 0, 0)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${depth * ROW}" font-family="monospace" font-size="11">
${rows.join('\n')}
</svg>
`
}

/** The same name in the same colour, from yellow to red. */
function colourOf(name: string): string {
  const hash = [...name].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 360, 7)
  return `hsl(${hash % 60} 80% ${65 + (hash % 15)}%)`
}
