export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly series: readonly Series[]
  /** Whether the axis of x counts powers of ten. */
  readonly logarithmic?: boolean
}

const WIDTH = 720
const HEIGHT = 420
const MARGIN = { left: 70, right: 170, top: 40, bottom: 50 }
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999']

/** Lines through the points of each series, as an SVG that needs nothing else. */
export function svgOf({ title, x, y, series, logarithmic = false }: Plot): string {
  const all = series.flatMap(({ points }) => points).filter(([at]) => !logarithmic || at > 0)
  const horizontal = logarithmic ? decades(all.map(([at]) => at)) : ticks(all.map(([at]) => at))
  const vertical = ticks(all.map(([, value]) => value))
  const scale = logarithmic ? Math.log10 : (value: number) => value
  const left = placed(horizontal.map(scale), MARGIN.left, WIDTH - MARGIN.right)
  const top = placed(vertical, HEIGHT - MARGIN.bottom, MARGIN.top)
  const lines = series.map(({ name, points }, n) => {
    const colour = COLOURS[n % COLOURS.length]
    const path = points
      .filter(([at]) => !logarithmic || at > 0)
      .map(([at, value]) => `${left(scale(at)).toFixed(1)},${top(value).toFixed(1)}`)
    const legend = MARGIN.top + 20 * n
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>
<text x="${WIDTH - MARGIN.right + 12}" y="${legend}" fill="${colour}">${escaped(name)}</text>`
  })
  const bottom = HEIGHT - MARGIN.bottom
  const right = WIDTH - MARGIN.right
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${MARGIN.left}" y="20" font-size="15">${escaped(title)}</text>
${horizontal.map(tick => `<path d="M${left(scale(tick)).toFixed(1)} ${MARGIN.top}V${bottom}" stroke="#ddd"/><text x="${left(scale(tick)).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${label(tick)}</text>`).join('\n')}
${vertical.map(tick => `<path d="M${MARGIN.left} ${top(tick).toFixed(1)}H${right}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${(top(tick) + 4).toFixed(1)}" text-anchor="end">${label(tick)}</text>`).join('\n')}
<text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(16 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
${lines.join('\n')}
</svg>
`
}

/** From 0, or the least below it, to the largest value, in steps of 1, 2 or 5 times a power of ten: five of them, about. */
export function ticks(values: readonly number[]): readonly number[] {
  const low = values.reduce((least, value) => Math.min(least, value), 0)
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  const rough = (high - low) / 5 || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10)
  const first = Math.floor(low / step)
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, n) => (first + n) * step)
}

/** The powers of ten around all values. */
export function decades(values: readonly number[]): readonly number[] {
  const logs = values.map(Math.log10)
  const low = Math.floor(logs.reduce((least, log) => Math.min(least, log), Number.POSITIVE_INFINITY))
  const high = Math.ceil(logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY))
  if (!Number.isFinite(low)) return [1, 10]
  return Array.from({ length: Math.max(high, low + 1) - low + 1 }, (_, n) => 10 ** (low + n))
}

function placed(ends: readonly number[], from: number, to: number): (value: number) => number {
  const [first = 0, last = 1] = [ends[0], ends.at(-1)]
  return value => from + ((value - first) / (last - first)) * (to - from)
}

function label(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** As text within an SVG. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
