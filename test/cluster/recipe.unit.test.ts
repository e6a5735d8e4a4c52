import { expect, test } from 'vitest'
import { isAtLeast } from './go.ts'
import { buildFlags, goDirective, packages, readRecipe } from './recipe.ts'

const goMod =
  'module m\n\ngo 1.26.0\n\nrequire (\n\tk8s.io/kubelet v0.36.3\n\tk8s.io/kubernetes v1.36.3 // indirect\n)\n'

test('the binaries say the version that go.mod has', () => {
  const flags = buildFlags(goMod).join(' ')
  expect(flags).toContain('-X k8s.io/component-base/version.gitVersion=v1.36.3')
  expect(flags).toContain('-X k8s.io/client-go/pkg/version.gitMinor=36')
  expect(() => buildFlags('module m\n')).toThrow('go.mod has no requirement k8s.io/kubernetes')
})

test('every component is a tool of our go.mod', () => {
  for (const { path } of Object.values(packages)) expect(readRecipe().goMod).toContain(`\t${path}\n`)
})

test.for([
  ['go1.26.8', true],
  ['go1.26.0', true],
  ['go1.26', true],
  ['go1.27rc1', true],
  ['go2.0', true],
  ['go1.25.9', false],
  ['go1.9', false],
] as const)('%s is new enough: %s', ([version, enough]) => {
  expect(isAtLeast(version, goDirective(goMod))).toBe(enough)
})
