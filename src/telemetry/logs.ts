import { type Logger, pino } from 'pino'
import type { Emit, Fact } from '../api/facts.ts'

export type LogFormat = 'json' | 'text'
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Lines of JSON for machines, or of text for people, on the given stream. */
export function logger(format: LogFormat, level: LogLevel, stream: { write(line: string): void }): Logger {
  const destination = format === 'json' ? stream : { write: (line: string) => stream.write(asText(line)) }
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } },
    destination,
  )
}

/** `2026-11-23T19:00:00.012Z INFO  completed in 0.4 s task=team-a/nights-off run=…`. */
function asText(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`,
  )
  return `${[time, String(level).toUpperCase().padEnd(5), String(msg).replace(/\s*\n\s*/g, ' '), ...fields].join(' ')}\n`
}

function quoted(text: string): string {
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text
}

/** One line a fact. */
export function logFacts(log: Logger): Emit {
  return fact => {
    const line = lineOf(fact)
    if (!line) return
    const { fact: _, ...fields } = fact
    log[line.level]({ ...fields, ...SAID }, line.says)
  }
}

/** Fields of facts that are words: the line says them. */
const SAID = { message: undefined, says: undefined, because: undefined }

function lineOf(fact: Fact): { readonly level: LogLevel; readonly says: string } | undefined {
  switch (fact.fact) {
    case 'Submitted':
      return { level: 'info', says: 'task submitted to pool' }
    case 'Claimed':
      return { level: 'debug', says: `claimed ${fact.latenessSeconds.toFixed(3)} s after it was due` }
    case 'Resumed':
      return { level: 'info', says: fact.resumed > 0 ? 'resuming an interrupted run' : 'next attempt' }
    case 'Attempting':
      return { level: 'info', says: `executing (attempt ${fact.attempt}/${fact.attempts})` }
    case 'Attempted':
      if (fact.nextAttemptSeconds === undefined) return undefined
      return {
        level: 'warn',
        says: `attempt ${fact.attempt} failed, the next one in ${fact.nextAttemptSeconds.toFixed(1)} s: ${fact.message}`,
      }
    case 'Changed':
      return { level: 'debug', says: fact.says }
    case 'Ended':
      return ended(fact)
    case 'Left':
      return { level: 'warn', says: fact.message }
    case 'NotRun':
      return fact.result === 'Missed'
        ? { level: 'warn', says: `missed ${fact.count} slot${fact.count === 1 ? '' : 's'}: ${fact.message}` }
        : { level: 'info', says: `${fact.result.toLowerCase()} (${fact.reason}): ${fact.message}` }
    case 'Waiting':
      return { level: 'info', says: fact.message }
    case 'Stalled':
      return { level: 'warn', says: `stalled: ${fact.message}` }
    case 'LetGo':
      return { level: 'warn', says: fact.message }
    case 'Cleaned':
      return { level: 'info', says: `periodic cleanup removed ${fact.removed}` }
    case 'WatchRestarted':
      return { level: 'warn', says: `watch restarted: ${fact.because}` }
    case 'Leading':
      return { level: 'info', says: fact.message }
    case 'Trouble':
      return { level: 'error', says: fact.message }
    case 'Requested':
      return undefined
  }
}

function ended(fact: Fact & { fact: 'Ended' }): { readonly level: LogLevel; readonly says: string } {
  const seconds = `${fact.seconds.toFixed(2)} s`
  if (fact.result === 'Succeeded') return { level: 'info', says: `completed in ${seconds}: ${fact.message}` }
  if (fact.result === 'Cancelled')
    return { level: 'info', says: `cancelled after ${seconds}: ${fact.message.replace(/^cancelled: /, '')}` }
  return { level: 'error', says: `failed after ${seconds} with error: ${fact.message}` }
}
