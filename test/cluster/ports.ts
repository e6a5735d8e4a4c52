import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the ports that Linux (32768…) and macOS (49152…) hand out to outgoing connections. A server that is to come
// back on its port would otherwise lose it: its clients keep dialling, and the kernel may give one of them that very
// port, even to talk to itself.
const lowest = 20_000
const highest = 32_000

/** As many different TCP ports of 127.0.0.1 as asked for, free at this moment. Somebody may still be faster. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; found.size < count; attempt++) {
    if (attempt > 1000) throw new Error(`Cannot find ${count} free ports between ${lowest} and ${highest}`)
    const port = randomInt(lowest, highest)
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
