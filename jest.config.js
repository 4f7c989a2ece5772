export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // Whole workflows in processes of their own, and minutes of killing and starting again: `npm run test:e2e`, `npm run test:faults`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 30_000,
  maxWorkers: 2,
  // A worker that has run the embedded database keeps its memory; recycling bounds the run.
  workerIdleMemoryLimit: '1GB',
};
