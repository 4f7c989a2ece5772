import sql from 'mssql';

/** Runs work in one transaction on one connection: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  pool: sql.ConnectionPool,
  work: (transaction: sql.Transaction) => Promise<T>,
): Promise<T> {
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    // The server has rolled back already after most errors (XACT_ABORT, a broken connection); what matters is the first error.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}
