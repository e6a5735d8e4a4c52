import { until } from '../cluster/until.ts'

/** Makes a process that was started with `--inspect` collect its garbage, so that what is left is really used. */
export interface Collector {
  collect(): Promise<void>
  close(): void
}

export async function connectCollector(port: number): Promise<Collector> {
  const address = await until('the inspector answers', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`)
    const [target] = (await answer.json()) as readonly { webSocketDebuggerUrl: string }[]
    return target?.webSocketDebuggerUrl ?? ''
  })
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')), { once: true })
  })
  let calls = 0
  return {
    collect() {
      const id = ++calls
      return new Promise(resolve => {
        const hear = ({ data }: MessageEvent) => {
          if ((JSON.parse(String(data)) as { id?: number }).id !== id) return
          socket.removeEventListener('message', hear)
          resolve()
        }
        socket.addEventListener('message', hear)
        socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }))
      })
    },
    close: () => socket.close(),
  }
}
