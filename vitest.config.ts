import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The results file is what the closing line of a CI run is made from.
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    // Otherwise a second, which a busy machine needs to load a page.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.unit.test.ts'],
          // Simulated weeks are real seconds on a machine that has more to do.
          testTimeout: 60_000,
          maxWorkers: '100%',
          // First, and said outright: with order 0 and a single worker vitest would put them last.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,faults,e2e}/**/*.test.ts'],
          exclude: ['**/*.unit.test.ts'],
          globalSetup: 'test/harness/global-setup.ts',
          runner: 'test/harness/runner.ts',
          setupFiles: 'test/harness/check-each-file.ts',
          // Only what hangs needs so long; a busy machine may be slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Files mostly wait for the control plane, which needs the processors itself.
          maxWorkers: 4,
          // What all files import is loaded once a worker; what a file leaves behind in modules ends with it (checked.ts).
          isolate: false,
          // After the unit tests: side by side the two would make each other late.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
