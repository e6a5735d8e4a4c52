import { expect, test } from 'vitest'
import { isContextAllowed } from './contexts.ts'

test.for([
  ['kind-rota', undefined],
  ['k3d-dev', undefined],
  ['minikube', undefined],
  ['my-lab', 'my-lab'],
  ['my-lab', 'other, my-lab'],
] as const)('context %s is allowed where TEST_ALLOW_CONTEXT is %s', ([context, allowList]) => {
  expect(isContextAllowed(context, allowList)).toBe(true)
})

test.for([
  ['production', undefined],
  ['production', ''],
  ['production', 'prod'],
  ['not-kind-rota', undefined],
  ['minikube-production', undefined],
  ['', undefined],
  ['', ''],
  ['', ','],
] as const)('context "%s" is refused where TEST_ALLOW_CONTEXT is %s', ([context, allowList]) => {
  expect(isContextAllowed(context, allowList)).toBe(false)
})
