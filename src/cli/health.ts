import { messageOf } from '../lib/text.ts'
import { CommandError, DONE, FAILED, type Io, misuse } from './io.ts'

const PATIENCE = 10_000

/** `rota health`: whether an operator is ready, as its `/readyz` says. */
export async function health({ out, signal }: Pick<Io, 'out' | 'signal'>, url: string): Promise<number> {
  if (!URL.canParse('/readyz', url)) misuse(`'${url}' must be a URL, such as http://rota.rota-system:8080`)
  try {
    const answer = await fetch(new URL('/readyz', url), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    })
    out.write(`${url}: ${(await answer.text()).trim()}\n`)
    return answer.ok ? DONE : FAILED
  } catch (error) {
    const { cause = error } = error as { cause?: unknown }
    throw new CommandError(`${url} does not answer: ${messageOf(cause)}`)
  }
}
