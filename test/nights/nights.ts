import { expect } from 'vitest'
import { SLEEP_ANNOTATION } from '../../src/api/names.ts'
import type { Dice } from '../builders/dice.ts'
import { DAMAGED, Expected, seenAs } from './expected.ts'
import { anyWorkload, idOf, imagePatch, levelPatch, type Owner, type Workload } from './workload.ts'
import type { Sleeper, World } from './world.ts'

/** Some nights in a namespace: sleeps and wakes of two tasks in any order, and what people do meanwhile. */
export async function nights(chance: Dice, world: World, size: number, steps: number, owner: Owner): Promise<void> {
  const made: Workload[] = []
  for (let n = 0; n < size; n++) made.push(await world.create(anyWorkload(chance, `w-${n}`, owner)))
  const autoscaled = made.filter(({ kind }) => kind === 'Deployment' && chance.below(6) === 0)
  const names = autoscaled.map(({ metadata }) => metadata.name)
  await world.autoscale(names)
  const expected = new Expected(made, names)
  const sleepers = [anySleeper(chance, 'early'), anySleeper(chance, 'late')]
  let copies = 0

  const step = async (sleeper: Sleeper, does: 'sleep' | 'wake') => {
    const report = await world.run(sleeper, does)
    expect({ does, of: sleeper.name, ...report }).toEqual({ does, of: sleeper.name, ...expected[does](sleeper) })
    expect(await seen(world)).toEqual(expected.all)
  }
  const edit = async () => {
    const object = chance.of(expected.objects)
    if (!object) return
    const { kind, metadata } = object
    const patch = async (body: object) => expected.patched(await world.patch(kind, metadata.name, body), body)
    const remove = async () => {
      await world.remove(kind, metadata.name)
      expected.removed(object)
    }
    const create = async (workload: Workload) => expected.created(await world.create(workload))
    const annotated = (annotations: object) => patch({ metadata: { annotations } })
    const exported = async (name: string) => {
      const all = await world.all()
      const { apiVersion, spec, ...now } = all.find(one => idOf(one) === idOf(object)) ?? object
      const { labels, annotations, ownerReferences } = now.metadata
      const kept = { ...(annotations && { annotations }), ...(ownerReferences && { ownerReferences }) }
      return { apiVersion, kind, metadata: { name, ...(labels && { labels }), ...kept }, spec }
    }
    const edits: readonly (() => Promise<void>)[] = [
      () => patch(levelPatch(kind === 'CronJob' ? chance.below(2) === 0 : chance.below(6))),
      () => patch(levelPatch(kind === 'CronJob' ? chance.below(2) === 0 : chance.below(6))),
      () => patch(imagePatch(kind, 2 + chance.below(8))),
      () => patch({ metadata: { labels: { tier: chance.of(['front', 'back', null]) } } }),
      () => annotated({ note: `note ${chance.below(9)}` }),
      () => annotated({ [SLEEP_ANNOTATION]: DAMAGED }),
      () => annotated({ [SLEEP_ANNOTATION]: null }),
      remove,
      async () => {
        await remove()
        await create(anyWorkload(chance, metadata.name, owner, kind))
      },
      // From the manifest that somebody has exported in its sleep, annotation and all.
      async () => create(await exported(`copy-${++copies}`)),
      async () => {
        const manifest = await exported(metadata.name)
        await remove()
        await create(manifest)
      },
    ]
    await chance.of(edits)()
  }

  await step(chance.of(sleepers), 'sleep')
  for (let n = 0; n < steps; n++) {
    for (let edits = chance.below(1 + size / 5); edits > 0; edits--) await edit()
    await step(chance.of(sleepers), chance.of(['sleep', 'sleep', 'wake']))
  }
  for (const sleeper of sleepers) await step(sleeper, 'wake')
  expect(await seen(world)).toMatchObject(expected.untouched)
}

async function seen(world: World): Promise<Readonly<Record<string, object>>> {
  return Object.fromEntries((await world.all()).map(object => [idOf(object), seenAs(object)]))
}

function anySleeper(chance: Dice, name: string): Sleeper {
  const matchLabels = { tier: chance.of(['front', 'back']) }
  const choice = chance.of([
    {},
    {},
    { selector: { matchLabels } },
    { exclude: { selector: { matchLabels } } },
    { exclude: { names: ['w-0', 'w-1'] } },
  ])
  return { name, sleep: { replicas: chance.of([0, 0, 1]), ...choice } }
}
