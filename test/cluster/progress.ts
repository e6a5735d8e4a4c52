const quietSeconds = 15

export interface Progress {
  /** Ends the line that is being rewritten, so that other output starts on a fresh one. */
  end(): void
}

/** Shows what `line` says, until ended: on a terminal one live line, elsewhere a line now and then. */
export function showProgress(line: () => string, out: NodeJS.WriteStream = process.stdout): Progress {
  const isLive = out.isTTY === true
  const show = (): void => {
    out.write(isLive ? `\r\u001b[K${line()}` : `${line()}\n`)
  }
  show()
  const timer = setInterval(show, isLive ? 500 : quietSeconds * 1000)
  return {
    end() {
      clearInterval(timer)
      if (isLive) out.write('\r\u001b[K')
    },
  }
}

/** Minutes and seconds, such as 4:26. */
export function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
