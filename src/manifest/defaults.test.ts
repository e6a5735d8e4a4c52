import { expect, it } from 'vitest'
import { withDefaults } from './defaults.ts'
import { SPEC_SCHEMA } from './schema.generated.ts'

// Held against the API server's own defaults by test/integration/validate.test.ts.
it('what is left out, or null, is what its default says; what is given stays', () => {
  const spec = { timeZone: null, retry: { attempts: 2 }, operation: { sleep: { replicas: 1, verify: {} } } }
  expect(withDefaults(SPEC_SCHEMA, spec)).toMatchObject({
    timeZone: 'UTC',
    daylightSaving: { skippedTime: 'RunAfter', repeatedTime: 'First' },
    retry: { attempts: 2, backoff: 'Exponential', maxDelaySeconds: 300 },
    operation: {
      sleep: {
        kinds: ['Deployment', 'StatefulSet', 'CronJob', 'ScaledObject.keda.sh'],
        replicas: 1,
        verify: { timeoutSeconds: 300 },
      },
    },
  })
})

it('a member without a default stays away, and a map of any members keeps them', () => {
  const template = { template: { spec: { nodeName: null } } }
  const read = withDefaults(SPEC_SCHEMA, { schedule: null, operation: { job: { template } } })
  expect(read).not.toHaveProperty('schedule')
  expect(read).toHaveProperty('operation.job.template', template)
})
