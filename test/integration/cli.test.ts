import { beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/system-clock.ts'
import { captured } from '../builders/captured.ts'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { bench, ended, restart } from '../harness/proxied-operator.ts'

const { kubeconfig } = sharedCluster()
const rota = (...words: readonly string[]) => captured({ clock: systemClock() }, ...words, '--kubeconfig', kubeconfig)
const json = async (...words: readonly string[]) => {
  const { status, out, err } = await rota(...words, '-o', 'json')
  return { status, err, answer: JSON.parse(out) as Record<string, unknown> }
}

describe('the command line', () => {
  const { start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  describe('rota run', () => {
    test('--wait follows the run to its end: status 0 and what it did', async () => {
      const namespace = await team('cli-run')
      await start({ namespaces: [namespace] })
      await api.createTask(namespace, 'task', restart())
      const { status, out, err } = await rota('run', 'task', '-n', namespace, '--wait')
      expect([status, out]).toEqual([
        0,
        `scheduledtask ${namespace}/task: Succeeded (Completed): restarted 1 Deployment\n`,
      ])
      expect(err.split('\n').filter(line => line !== '' && !line.startsWith(`${namespace}/task: `))).toEqual([])
      const { answer } = await json('run', `${namespace}/task`, '--wait', '--token', 'mine')
      expect(answer).toMatchObject({ request: 'run', token: 'mine', succeeded: true, record: { result: 'Succeeded' } })
    })

    test('--wait ends with status 1 when the run fails, and says why', async () => {
      const namespace = await team('cli-fails')
      await start({ namespaces: [namespace] })
      await api.createTask(namespace, 'task', restart('missing'))
      const { status, out } = await rota('run', `${namespace}/task`, '--wait')
      expect(status).toBe(1)
      expect(out).toMatch(/: Failed \(\w+\): .*missing/)
    })

    test('--wait gives up after its time, and the run goes on', async () => {
      const namespace = await team('cli-timeout')
      await start({ namespaces: [namespace] })
      const held = gate()
      await api.createTask(namespace, 'task', restart())
      const { status, err } = await rota('run', `${namespace}/task`, '--wait', '--timeout', '1s')
      expect(status).toBe(1)
      expect(err).toContain(`rota: ${namespace}/task: not done within 1 s; what was asked for goes on`)
      held.open()
      await api.untilTask(namespace, 'task', 'ran', ended)
    })

    test('without --wait returns at once', async () => {
      const namespace = await team('cli-no-wait')
      await api.createTask(namespace, 'task', restart())
      const { status, answer } = await json('run', `${namespace}/task`)
      expect(status).toBe(0)
      const { metadata } = await api.task(namespace, 'task')
      expect(metadata.annotations).toEqual({ 'rota.dev/run': answer['token'] })
    })
  })

  test('rota get: a table with the last results and the next run from now, or JSON', async () => {
    const namespace = await team('cli-get')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'good', { ...restart(), schedule: '0 0 1 1 *' })
    await api.createTask(namespace, 'bad', restart('missing'))
    for (const name of ['good', 'bad']) {
      await api.annotate(namespace, name, { 'rota.dev/run': '1' })
      await api.untilTask(namespace, name, 'has run', ended)
    }
    const { status, out } = await rota('get', '-n', namespace)
    expect(status).toBe(0)
    const [head, bad, good, ...more] = out.split('\n')
    expect(head).toMatch(/^NAME +SCHEDULE +PHASE +LAST RUN +RESULT +LAST TEN +NEXT RUN$/)
    expect(bad).toMatch(/^bad +- +Idle +(now|\d+ s ago) +Failed +✗ +-$/)
    expect(good).toMatch(/^good +0 0 1 1 \* +Scheduled +(now|\d+ s ago) +Succeeded +[▁-█] +in \d+ \w+ \(.*1 Jan .*\)$/)
    expect(more).toEqual([''])
    const all = await json('get', '-n', namespace)
    expect(all.answer).toMatchObject([
      { task: `${namespace}/bad`, lastResults: ['Failed'], nextRunTime: null },
      { task: `${namespace}/good`, lastResults: ['Succeeded'], nextRunInSeconds: expect.any(Number) },
    ])
    expect((await rota('get', '-A', '-n', namespace)).status).toBe(2)
    expect((await rota('get', 'none', '-n', namespace)).err).toContain(`ScheduledTask ${namespace}/none does not exist`)
    expect((await rota('get', '-A')).out).toMatch(new RegExp(`\n${namespace} +good `))
  })

  test('rota cancel --wait: waits until the active run has ended, and tells which one it was', async () => {
    const namespace = await team('cli-cancel')
    await start({ namespaces: [namespace] })
    const held = gate()
    await api.createTask(namespace, 'task', restart())
    const asked = await json('run', `${namespace}/task`)
    await until(
      'it is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    const other = await json('cancel', `${namespace}/task`, '--run', '0123456789abcdef', '--wait')
    expect(other.answer).toMatchObject({ record: null })
    const { status, answer } = await json('cancel', `${namespace}/task`, '--wait')
    expect(status).toBe(0)
    expect(answer).toMatchObject({
      record: { id: asked.answer['run'], result: 'Cancelled', resultReason: 'Requested' },
    })
    expect((await rota('cancel', `${namespace}/task`, '--wait')).out).toContain('nothing was there to cancel')
  })

  test('rota suspend, resume, hold and why: each says what the other did', async () => {
    const namespace = await team('cli-suspend')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', { schedule: '0 0 1 1 *', ...restart() })
    const name = `${namespace}/task`
    await api.untilTask(namespace, 'task', 'observed', ({ status }) => status?.phase === 'Scheduled')
    const reason = async () => (await json('why', name)).answer
    expect(await reason()).toMatchObject({ rule: 'idle', message: expect.stringContaining('not due until 20') })
    expect((await rota('suspend', name, '--wait')).out).toBe(`scheduledtask ${name}: suspended\n`)
    expect(await reason()).toMatchObject({ phase: 'Suspended', rule: 'suspended' })
    expect((await rota('suspend', name)).out).toContain('is already suspended')
    expect((await rota('resume', name, '--wait')).out).toBe(`scheduledtask ${name}: resumed\n`)
    const held = await json('hold', name, '--for', '2h', '--wait')
    expect(held.status).toBe(0)
    const until = String(held.answer['holdUntil'])
    expect(await reason()).toMatchObject({ rule: 'held', message: `held until ${until} by rota.dev/hold-until` })
    expect((await rota('resume', name, '--wait')).out).toContain('resumed, its hold has ended')
    expect(await reason()).toMatchObject({ phase: 'Scheduled', rule: 'idle' })
    const { out } = await rota('why', name)
    expect(out).toMatch(/^ {2}runs {7}on the 1st of January at 00:00 UTC$/m)
    expect(out).toMatch(/^ {2}why {8}not due until .* \(in \d+ d\) \[idle\]$/m)
  })

  test('rota history: newest first, and one run in full', async () => {
    const namespace = await team('cli-history')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', restart())
    const name = `${namespace}/task`
    expect((await rota('history', name)).err).toBe(`${name} has no history yet\n`)
    await rota('run', name, '--wait')
    await api.patch('scheduledtasks', namespace, 'task', { spec: restart('missing') })
    await rota('run', name, '--wait')
    const { out } = await rota('history', name)
    expect(out.split('\n').map(line => line.split(/ {3,}/)[4])).toEqual([
      'RESULT',
      expect.stringContaining('Failed ('),
      'Succeeded',
      undefined,
    ])
    const { answer } = await json('history', name)
    const [newest] = answer as unknown as { readonly id: string }[]
    expect((await rota('history', name, newest?.id ?? '')).out).toMatch(/^result +Failed$/m)
    expect((await rota('history', name, 'ffff')).err).toContain(`${name} has no record of a run ffff: it keeps 2`)
  })

  test('what is not there, and what is not allowed, is said in one line', async () => {
    const namespace = await createNamespace(sharedCluster(), 'cli-refused')
    expect(await rota('why', `${namespace}/none`)).toEqual({
      status: 1,
      out: '',
      err: `rota: ScheduledTask ${namespace}/none does not exist: see kubectl get scheduledtasks -A\n`,
    })
    await api.createTask(namespace, 'task', restart())
    const { err, status } = await rota('wake', `${namespace}/task`)
    expect([status, err]).toEqual([
      1,
      `rota: ${namespace}/task runs restart, not sleep: there is nothing that it could wake\n`,
    ])
    expect((await rota('why', `${namespace}/task`, '--context', 'nowhere')).err).toContain(
      '--context=nowhere: the kubeconfig has no such context',
    )
  })
})
