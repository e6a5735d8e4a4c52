import { defineConfig } from 'vitest/config'

// Opt-in: it takes root and a machine of its own.
export default defineConfig({
  test: {
    include: ['test/node/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    maxWorkers: 1,
  },
})
