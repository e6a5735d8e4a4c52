export interface Part {
  readonly is: 'Words' | 'Command'
  readonly text: string
}

/** A command goes on to the end of its sentence, or of what is said. */
const COMMAND = /(?:^|(?<=\s))(kubectl [^;\n]+)/
/** The same said of several things is told line by line. */
const NEXT = /;\s+(?=ServiceAccount )/

/** What Rota says, cut into sentences for people and commands to copy. */
export function partsOf(message: string): readonly Part[] {
  return message.split('\n').flatMap(line =>
    line.split(COMMAND).flatMap((piece, index): readonly Part[] => {
      const text = piece.replace(/^[;\s]+/, '').trim()
      if (text === '') return []
      if (index % 2 === 1) return [{ is: 'Command', text }]
      return text.split(NEXT).map(words => ({ is: 'Words', text: words }))
    }),
  )
}
