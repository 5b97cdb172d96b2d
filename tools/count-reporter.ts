import type { Reporter, TestModule } from 'vitest/node'

/** What a run came to. */
export interface Count {
  passed: number
  failed: number
  skipped: number
  /** Errors outside any test: a setup that threw, a rejection nobody caught. */
  broken: number
}

/** Counts tests by how they ended. A file that could not even be collected counts as one failed test. */
export class CountReporter implements Reporter {
  readonly count: Count = { passed: 0, failed: 0, skipped: 0, broken: 0 }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.count.broken += errors.length
    for (const module of modules) this.#add(module)
  }

  #add(module: TestModule): void {
    const before = this.count.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      this.count[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
    }
    if (!module.ok() && this.count.failed === before) this.count.failed += 1
  }
}

/** The last line of a run: `12 passed, 0 failed, 0 skipped`. */
export const lastLine = ({ passed, failed, skipped }: Count): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
