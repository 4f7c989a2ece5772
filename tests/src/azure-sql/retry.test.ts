import { errorNumber, isTransient, withRetry } from '../../../src/azure-sql/retry.ts';

const numbered = (number: number) => Object.assign(new Error(`error ${number}`), { number });
const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['a throttled request', numbered(40501), true],
  ['a deadlock', numbered(1205), true],
  ['a duplicate key', numbered(2627), false],
  ['a refused sign-in', numbered(18456), false],
  ['a broken socket', coded('ESOCKET'), true],
  ['a broken socket that carries a server error', Object.assign(coded('ESOCKET'), { number: 2627 }), false],
  ['an error within an error', Object.assign(new Error('outer'), { originalError: numbered(40613) }), true],
  ['a mistake of ours', new TypeError('x is not a function'), false],
  ['what is no error', 'text', false],
])('%s', (_, error, transient) => {
  expect(isTransient(error)).toBe(transient);
});

test('the number is found through wrappers', () => {
  expect(errorNumber(new Error('outer', { cause: numbered(547) }))).toBe(547);
  expect(errorNumber(new Error('plain'))).toBeUndefined();
});

describe('withRetry', () => {
  const run = async (failures: readonly unknown[], attempts = 4) => {
    const waits: number[] = [];
    const left = [...failures];
    let calls = 0;
    const result = await withRetry(
      async () => {
        calls++;
        if (left.length > 0) throw left.shift();
        return 'done';
      },
      { attempts, delay: 100, sleep: async (wait) => void waits.push(wait) },
    ).catch((error: unknown) => error);
    return { result, calls, waits };
  };

  test('tries again what passes, waiting twice as long each time', async () => {
    expect(await run([numbered(40613), numbered(1205), coded('ESOCKET')])).toEqual({
      result: 'done',
      calls: 4,
      waits: [100, 200, 400],
    });
  });

  test('gives up after so many tries, with the last error', async () => {
    const failures = [40613, 40501, 40197, 10928].map(numbered);
    expect(await run(failures, 3)).toEqual({ result: failures[2], calls: 3, waits: [100, 200] });
  });

  test('does not try again what will not pass', async () => {
    const failure = numbered(547);
    expect(await run([failure])).toEqual({ result: failure, calls: 1, waits: [] });
  });
});
