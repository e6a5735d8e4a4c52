import { FaultError } from '../../src/api/fault.ts'
import type { Request, Requests } from '../../src/kube/client.ts'
import { faultOf, unreachable } from '../../src/kube/fault.ts'
import { ServerTime } from '../../src/kube/server-time.ts'
import { SECOND } from '../../src/lib/instant.ts'
import type { Dice } from '../builders/dice.ts'
import type { FakeClock } from '../builders/fake-clock.ts'
import type { ModelProcess } from '../builders/process.ts'
import type { Answered, Asked, ModelApiServer } from './api-server.ts'
import { refused } from './status.ts'
import type { Tally } from './tally.ts'

/** As `kube/client.ts` has it. */
const REQUEST_TIMEOUT = 30 * SECOND

/** What becomes of a request that does not simply go well. */
const FATES = [
  'lost before the API server',
  'lost after the API server',
  'hangs before the API server',
  'hangs after the API server',
  '409',
  '429',
  '500',
  '500 after it was done',
  '503',
  '504',
  '504 after it was done',
  '403',
  'killed before the request',
  'killed before it arrives',
  'killed before the answer',
] as const
type Fate = (typeof FATES)[number]

const DONE_ALL_THE_SAME: ReadonlySet<string> = new Set<Fate>([
  'lost after the API server',
  'hangs after the API server',
  '500 after it was done',
  '504 after it was done',
  'killed before the answer',
])

interface ModelClient extends Requests {
  readonly aheadMilliseconds: number
  /** An answer that is not modelled, as that to a list of tasks. */
  hear(): void
}

/** What the way to the API server is like now. */
export interface Weather {
  /** One in so many requests has a fate; 0: none. */
  faults: number
  /** Milliseconds, there or back, at most. */
  latency: number
  /** Nobody answers at all. */
  away: boolean
}

/** The way from processes to the API server, in virtual time. */
export class Network {
  readonly weather: Weather = { faults: 0, latency: 20, away: false }
  /** Requests since the API server went away. */
  inVain = 0
  readonly #server: ModelApiServer
  readonly #time: FakeClock
  readonly #dice: Dice
  readonly #tally: Tally

  constructor(server: ModelApiServer, time: FakeClock, dice: Dice, tally: Tally) {
    this.#server = server
    this.#time = time
    this.#dice = dice
    this.#tally = tally
  }

  /** The client of one process. `onDeath`: a fate has killed it. */
  clientOf(process: ModelProcess, onDeath: () => void): ModelClient {
    const server = new ServerTime(process)
    const answered = <T>(request: Request) =>
      new Promise<T>((resolve, reject) => {
        const { signal, underWay = signal } = request
        const abort = () => reject(underWay?.reason)
        if (signal?.aborted) return reject(signal.reason)
        request.onTurn?.()
        underWay?.addEventListener('abort', abort, { once: true })
        this.#send(process, request, onDeath, (answer, time) => {
          underWay?.removeEventListener('abort', abort)
          if (!answer) return reject(new FaultError(unreachable(request, new Error('connection lost'))))
          server.heard(time)
          const { code, body } = answer
          if (code < 300) return resolve(body as T)
          const failure = { status: code, retryAfter: code === 429 ? 3 : 0, body: body as object }
          reject(new FaultError(faultOf(request, failure)))
        })
      })
    return {
      request: answered,
      text: answered,
      hear: () => server.heard(this.#time.now()),
      get aheadMilliseconds() {
        return server.ahead
      },
    }
  }

  #send(
    process: ModelProcess,
    request: Request,
    onDeath: () => void,
    answer: (answered: Answered | undefined, time: number) => void,
  ): void {
    const fate = this.#fate()
    if (fate === 'killed before the request') return onDeath()
    const back = (answered: Answered | undefined, milliseconds = this.#latency()) => {
      const time = this.#time.now()
      this.#after(milliseconds, () => process.deliver(() => answer(answered, time)))
    }
    if (fate === 'killed before it arrives') this.#after(0, onDeath)
    const sent = this.#time.now()
    this.#after(this.#latency(), () => {
      if (this.weather.away) {
        this.inVain++
        return back(undefined)
      }
      if (fate === 'lost before the API server' || fate === 'killed before it arrives') return back(undefined)
      if (fate === 'hangs before the API server') return back(undefined, REQUEST_TIMEOUT)
      const asked = { ...askedBy(request), ...((process.isDead || isGivenUp(request)) && { lastWord: sent }) }
      const answered = this.#answered(asked, fate)
      if (fate === 'killed before the answer') onDeath()
      if (fate === 'lost after the API server') return back(undefined)
      if (fate === 'hangs after the API server') return back(undefined, REQUEST_TIMEOUT)
      back(answered)
    })
  }

  #answered(asked: Asked, fate: Fate | undefined): Answered {
    if (fate === undefined) return this.#server.handle(asked)
    if (DONE_ALL_THE_SAME.has(fate)) this.#server.handle(asked)
    const code = Number.parseInt(fate, 10)
    if (!(code > 0)) return refused(500, 'InternalError', 'never seen')
    // A refusal that is one of the API server's own words is final; what it says here may pass.
    const words = code === 403 ? 'admission webhook "policy" denied the request' : `bad luck (${code})`
    return refused(code, code === 409 ? 'Conflict' : code === 403 ? 'Forbidden' : 'InternalError', words)
  }

  #fate(): Fate | undefined {
    const { faults } = this.weather
    if (faults === 0 || this.#dice.below(faults) > 0) return undefined
    const fate = this.#dice.of(FATES)
    this.#tally.add(fate)
    return fate
  }

  #latency(): number {
    return 1 + this.#dice.below(this.weather.latency)
  }

  #after(milliseconds: number, then: () => void): void {
    this.#time.at(this.#time.now() + milliseconds, then)
  }
}

/** Nobody waits for its answer any more: it has been taken back, or what it was for has been ended. */
function isGivenUp({ signal, underWay = signal }: Request): boolean {
  return underWay?.aborted === true
}

function askedBy({ method, path, query, body, contentType, as }: Request): Asked {
  return {
    method,
    path,
    from: 'rota',
    ...(query && { query }),
    ...(body !== undefined && { body }),
    ...(contentType !== undefined && { contentType }),
    ...(as && { as: `system:serviceaccount:${as.namespace}:${as.name}` }),
  }
}
