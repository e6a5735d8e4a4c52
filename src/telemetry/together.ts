/** What takes text. */
interface Sink {
  write(text: string): unknown
}

/**
 * Passes on what is written in one turn of the event loop as one text, since each write is a system call. Until then it is
 * held: call `flush` when the process ends.
 */
export function together(sink: Sink): Sink & { flush(): void } {
  let held = ''
  const flush = () => {
    const text = held
    held = ''
    if (text !== '') sink.write(text)
  }
  return {
    write(text) {
      if (held === '') setImmediate(flush)
      held += text
    },
    flush,
  }
}
