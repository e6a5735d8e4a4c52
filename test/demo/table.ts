/** Rows as aligned columns, two spaces between them. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, cell.length)
  }
  return rows.map(row =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** What of a table of tasks can be spared first where the terminal is narrow. */
const SPARE = ['AGE', 'LAST RUN', 'SCHEDULE', 'ERRORS', 'RUNS']

/** A table as kubectl prints it, with as many of its columns as fit into the width. */
export function fitted(text: string, width: number): readonly string[] {
  let rows = cellsOf(text)
  for (const name of ['', ...SPARE]) {
    const column = rows[0]?.indexOf(name) ?? -1
    if (column >= 0) rows = rows.map(row => row.toSpliced(column, 1))
    if (Math.max(0, ...aligned(rows).map(line => line.length)) <= width) break
  }
  return aligned(rows)
}

/** kubectl pads each cell to its column's width, and parts columns by three spaces. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const lines = text.trimEnd().split('\n')
  const starts = [...(lines[0] ?? '').matchAll(/(?<=^| {2})\S+(?: \S+)*/g)].map(match => match.index)
  return lines.map(line => starts.map((start, n) => line.slice(start, starts[n + 1]).trim()))
}
