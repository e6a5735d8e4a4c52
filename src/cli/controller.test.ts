import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { controllerCommand, type Flags } from './controller.ts'

/** What the command line comes to. */
async function flagsOf(...words: readonly string[]): Promise<Flags> {
  const given: Flags[] = []
  const command = quiet(
    controllerCommand(async flags => {
      given.push(flags)
    }),
  )
  await command.parseAsync(words, { from: 'user' })
  return given[0] ?? {}
}

function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
}

describe('rota controller', () => {
  it('leaves what is not said to the environment and the defaults', async () => {
    expect(await flagsOf()).toEqual({})
  })

  it.each<[readonly string[], Flags]>([
    [['--kubeconfig', '/tmp/k'], { kubeconfig: '/tmp/k' }],
    [['--port', '9000'], { port: '9000' }],
    [['--port=9000'], { port: '9000' }],
    [['--namespace', 'a', '--namespace=b'], { namespace: ['a', 'b'] }],
    [['--insecure-local'], { 'insecure-local': 'true' }],
    [['--insecure-local=false'], { 'insecure-local': 'false' }],
    [['--insecure-local', '--port', '1'], { 'insecure-local': 'true', port: '1' }],
    [['--leader-elect=false'], { 'leader-elect': 'false' }],
    [['--leader-elect'], { 'leader-elect': 'true' }],
    [['--identity', 'me'], { identity: 'me' }],
    [['--shutdown-grace', '0'], { 'shutdown-grace': '0' }],
    [['--log-format', 'text', '--log-level', 'debug'], { 'log-format': 'text', 'log-level': 'debug' }],
    [['--max-task-workers', '3'], { 'max-task-workers': '3' }],
    [['--task-timeout-seconds', '3'], { 'task-timeout-seconds': '3' }],
    [['--task-max-retries', '3'], { 'task-max-retries': '3' }],
    [['--task-retry-delay-seconds', '3'], { 'task-retry-delay-seconds': '3' }],
  ])('%j', async (words, flags) => {
    expect(await flagsOf(...words)).toEqual(flags)
  })

  it.each([
    [['--frobnicate', '2'], "unknown option '--frobnicate'"],
    [['--port'], "option '--port <number>' argument missing"],
    [['now'], 'too many arguments'],
  ])('%j is refused', async (words, message) => {
    await expect(flagsOf(...words)).rejects.toThrow(message)
  })
})
