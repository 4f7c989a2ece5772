import { WriterLock } from '../../../emulators/sql-server/writer-lock.ts';

describe('the writer lock', () => {
  it('is granted in the order of asking', async () => {
    const lock = new WriterLock();
    const order: number[] = [];
    const first = await lock.acquire(1000);
    const waiting = [1, 2, 3].map(async (each) => {
      const release = await lock.acquire(1000);
      order.push(each);
      release();
    });
    first();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it('is not freed twice by one holder', async () => {
    const lock = new WriterLock();
    const first = await lock.acquire(1000);
    const second = lock.acquire(1000);
    first();
    first();
    await second;
    await expect(lock.acquire(0)).rejects.toMatchObject({ number: 1222 });
  });

  it.each([[0], [5]])('refuses with 1222 after %d ms', async (timeout) => {
    const lock = new WriterLock();
    await lock.acquire(1000);
    await expect(lock.acquire(timeout)).rejects.toMatchObject({ number: 1222 });
  });

  it('leaves the queue when the wait is aborted', async () => {
    const lock = new WriterLock();
    const release = await lock.acquire(1000);
    const abort = new AbortController();
    const aborted = lock.acquire(1000, abort.signal);
    const next = lock.acquire(1000);
    abort.abort();
    await expect(aborted).rejects.toThrow('cancelled');
    release();
    expect(await next).toBeInstanceOf(Function);
  });
});
