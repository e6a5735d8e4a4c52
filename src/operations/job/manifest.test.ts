import { describe, expect, it } from 'vitest'
import { runOf } from '../../../test/builders/items.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import { jobOf, targetOfJob } from './manifest.ts'

const run = runOf({ operation: 'job' })
const called = (name: string, id = '0123456789abcdef') => targetOfJob(runOf({ id, task: { ...run.task, name } })).name

describe('the Job of a run', () => {
  it.each([
    ['backup', 'backup-0123456789abcdef'],
    ['a.b', 'a-b-0123456789abcdef'],
    ['n'.repeat(52), `${'n'.repeat(46)}-0123456789abcdef`],
    [`${'n'.repeat(45)}-${'m'.repeat(6)}`, `${'n'.repeat(45)}-0123456789abcdef`],
  ])('of task %s is called %s', (task, name) => {
    expect(called(task)).toBe(name)
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
    expect(name.length).toBeLessThanOrEqual(63)
  })

  it('has another name for another run', () => {
    expect(called('backup', '1')).not.toBe(called('backup', '2'))
  })

  it('in its short form runs one container once', () => {
    const env = [{ name: 'LEVEL', value: 'info' }, { name: 'EMPTY' }]
    expect(jobOf({ image: 'busybox', command: ['sh'], args: ['-c', 'true'], env }, run)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: targetOfJob(run).name,
        namespace: 'team-a',
        labels: { 'app.kubernetes.io/managed-by': 'rota', 'rota.dev/task': 'nights-off' },
        annotations: { [LAST_RUN_ANNOTATION]: 'run-1' },
        ownerReferences: [
          { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', name: 'nights-off', uid: 'uid-of-nights-off' },
        ],
      },
      spec: {
        ttlSecondsAfterFinished: 86_400,
        activeDeadlineSeconds: 30,
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'main',
                image: 'busybox',
                command: ['sh'],
                args: ['-c', 'true'],
                env: [
                  { name: 'LEVEL', value: 'info' },
                  { name: 'EMPTY', value: '' },
                ],
              },
            ],
          },
        },
      },
    })
  })

  it('from a template is what the template says, and ends with the attempt unless that says otherwise', () => {
    const template = { backoffLimit: 3, ttlSecondsAfterFinished: 600, template: { spec: {} } }
    expect(jobOf({ template }, run)['spec']).toEqual({ ...template, activeDeadlineSeconds: 30 })
    const own = { ...template, activeDeadlineSeconds: 9 }
    expect(jobOf({ template: own }, run)['spec']).toEqual(own)
  })

  it('in another namespace has no owner, as owners are never in another one', () => {
    const { metadata } = jobOf({ image: 'busybox' }, runOf({ namespaces: ['team-b'] }))
    expect(metadata).toMatchObject({ namespace: 'team-b' })
    expect(metadata).not.toHaveProperty('ownerReferences')
  })
})
