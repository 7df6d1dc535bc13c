/**
 * Gives each piece of work its turn: the next begins when the one before has ended, well or not.
 * The answer is the work's own.
 */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
