/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// Nest 12 is ESM and some of what it works with is CommonJS that requires Nest.
// On Node 20 the combination that works without flags is to turn everything,
// Nest included, into CommonJS.
const shared: Config = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.(t|j|mj)s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^@holdfast/([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
};

const project = (displayName: string, testMatch: string[]) => ({ ...shared, displayName, testMatch });

const config: Config = {
  maxWorkers: 2,
  projects: [
    project('unit', ['<rootDir>/{libs,apps}/**/*.spec.ts']),
    project('architecture', ['<rootDir>/test/architecture/**/*.spec.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.int-spec.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.int-spec.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts']),
    project('packed', ['<rootDir>/test/packed/**/*.spec.ts']),
  ],
};

export default config;
