import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { captured } from '../../test/builders/captured.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'

const GOOD = 'apiVersion: rota.dev/v1alpha1\nkind: ScheduledTask\nmetadata: {name: a}\nspec:\n  operation: {wake: {}}\n'
const BAD = `${GOOD}  priority: 2000\n`
const rota = (stdin: string, ...words: readonly string[]) =>
  captured({ clock: new FakeClock(0), files: { '-': stdin } }, 'validate', ...words)

describe('rota validate', () => {
  it('is content with what is right', async () => {
    expect(await rota(GOOD, '-f', '-')).toEqual({ status: 0, out: '', err: '1 ScheduledTask: no mistakes\n' })
  })

  it('says file and line of what is wrong, and ends with status 1', async () => {
    expect(await rota(BAD, '-f', '-')).toEqual({
      status: 1,
      out: 'standard input:6: spec.priority: must be at most 1000, and is 2000\n',
      err: '1 ScheduledTask: 1 mistake\n',
    })
  })

  it('gives machines an array', async () => {
    const { status, out, err } = await rota(BAD, '-f', '-', '-o', 'json')
    expect([status, err]).toEqual([1, ''])
    expect(JSON.parse(out)).toEqual([
      { file: '-', line: 6, path: 'spec.priority', message: 'must be at most 1000, and is 2000' },
    ])
  })

  it('takes folders as kubectl does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rota-validate-'))
    for (const [name, text] of [
      ['a.yaml', GOOD],
      ['b.yml', 'kind: Service\n'],
      ['c.txt', BAD],
    ] as const)
      writeFileSync(join(folder, name), text)
    const files = { [join(folder, 'a.yaml')]: GOOD, [join(folder, 'b.yml')]: 'kind: Service\n' }
    const { status, err } = await captured({ clock: new FakeClock(0), files }, 'validate', '-f', folder)
    expect([status, err]).toEqual([0, '1 ScheduledTask, 1 other object passed over: no mistakes\n'])
  })

  it('says what it cannot read', async () => {
    const { status, err } = await rota('', '-f', '/no/such/file.yaml')
    expect(status).toBe(1)
    expect(err).toMatch(/^rota: \/no\/such\/file.yaml: ENOENT/)
  })
})
