/** Counts of what passed and what failed, and the one line in which every run says them last. */

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export const none: Count = { passed: 0, failed: 0 };

export const sum = (one: Count, other: Count): Count => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
});

/** Ends a run: the counts, alone on the last line. */
export const sayLast = ({ passed, failed }: Count): void => console.log(`${passed} passed, ${failed} failed`);
