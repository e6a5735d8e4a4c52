import { inject, TestRunner, type TestRunnerConfig } from 'vitest'
import type {} from './shared.ts'

const noName = /(?!)/

/** Skips every test, hooks and all, where there is no cluster; global-setup.ts has said why. */
// biome-ignore lint/style/noDefaultExport: vitest takes a runner by its default export
export default class ClusterTestRunner extends TestRunner {
  constructor(config: TestRunnerConfig) {
    super(inject('cluster').kind === 'Unavailable' ? { ...config, testNamePattern: noName } : config)
  }
}
