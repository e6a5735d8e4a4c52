import { describe, expect, it } from 'vitest'
import { MemoryTargets } from '../../test/builders/targets.ts'
import { task as taskOf } from '../../test/builders/task.ts'
import { FaultError } from '../api/fault.ts'
import type { OperationName, Spec } from '../api/task.ts'
import type { RunRef } from '../decide/run.ts'
import type { Question } from '../execution/ports.ts'
import { Entitled } from './entitled.ts'
import type { ControllerParts } from './parts.ts'

const signal = new AbortController().signal

function setUp(operation: Spec['operation'], may: (question: Question) => boolean | undefined) {
  const [name] = Object.keys(operation) as [OperationName]
  const task = taskOf({ namespace: 'team-a', spec: { operation } })
  const asked: string[] = []
  const targets = new MemoryTargets([], {
    may: question => {
      const { verb, resource, namespace, name: of } = question
      asked.push(`${verb} ${resource} ${namespace ?? of}`)
      return may(question)
    },
  })
  const entitled = new Entitled()
  const run = (...namespaces: readonly string[]): RunRef => {
    return { id: 'run-1', operation: name, reason: 'Schedule', slotTime: 0, due: 0, namespaces }
  }
  const parts = { targets, discovery: targets } as unknown as ControllerParts
  const ask = async (...namespaces: readonly string[]) => {
    await entitled.ask(parts, task, run(...namespaces), signal)
    return entitled.namespaces(task, run(...namespaces))
  }
  return { entitled, task, run, ask, asked }
}

const restart = { restart: { kinds: ['Deployment'] } } as const

describe('for which namespaces a run may keep others waiting', () => {
  it('its own, without a question', () => {
    const { entitled, task, run } = setUp(restart, () => false)
    expect(entitled.namespaces(task, run('team-a'))).toEqual(['team-a'])
  })

  it('another one has to be asked about', () => {
    const { entitled, task, run } = setUp(restart, () => true)
    expect(entitled.namespaces(task, run('team-a', 'team-b'))).toBeUndefined()
  })

  it('those where its account may change something', async () => {
    const { ask, asked } = setUp(restart, ({ namespace }) => namespace === 'team-b')
    expect(await ask('team-a', 'team-b', 'team-c')).toEqual(['team-a', 'team-b'])
    expect(asked).toEqual(['patch deployments team-b', 'patch deployments team-c'])
  })

  it('a namespace itself is a question of the cluster', async () => {
    const { ask, asked } = setUp({ deleteNamespace: { confirm: ['old'] } }, () => false)
    expect(await ask('old')).toEqual([])
    expect(asked).toEqual(['delete namespaces old'])
  })

  it('also where nobody says so, or can say so now', async () => {
    expect(await setUp(restart, () => undefined).ask('team-b')).toEqual(['team-b'])
    const away = setUp(restart, () => {
      throw new FaultError({ class: 'Transient', reason: 'Unreachable', message: 'away' })
    })
    expect(await away.ask('team-b')).toEqual(['team-b'])
  })

  it('a Job takes none', () => {
    const { entitled, task, run } = setUp({ job: { image: 'busybox' } }, () => true)
    expect(entitled.namespaces(task, run('team-b'))).toEqual([])
  })
})
