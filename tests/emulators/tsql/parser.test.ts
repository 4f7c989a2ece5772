import fc from 'fast-check';
import { parseBatch, type Statement, splitBatches } from '../../../emulators/tsql/index.ts';
import { tokenize } from '../../../emulators/tsql/lexer.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';

function failure(sql: string): SqlError {
  try {
    parseBatch(sql);
  } catch (error) {
    return error as SqlError;
  }
  throw new Error(`parsed: ${sql}`);
}

function kinds(sql: string): readonly string[] {
  return parseBatch(sql).statements.map((s) => s.kind);
}

describe('statements', () => {
  test.each<[string, readonly Statement['kind'][]]>([
    ['SELECT 1; SELECT 2', ['select statement', 'select statement']],
    ['SELECT 1 AS a SELECT 2 AS b', ['select statement', 'select statement']],
    ["USE master; PRINT N'x'; RETURN", ['use', 'print', 'return']],
    ['DECLARE @a int = 1, @b varchar(10); SET @a += 1', ['declare', 'set variable']],
    ['DECLARE @t TABLE (id int PRIMARY KEY, n nvarchar(10))', ['declare table']],
    [
      'SET NOCOUNT, XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET IDENTITY_INSERT dbo.t ON',
      ['set option', 'set option', 'set option'],
    ],
    ['IF @a = 1 SELECT 1 ELSE BEGIN SELECT 2; SELECT 3 END', ['if']],
    ['WHILE @i < 3 BEGIN SET @i += 1; IF @i = 2 BREAK; CONTINUE END', ['while']],
    ['BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH THROW; END CATCH', ['try']],
    ["THROW 50001, 'x', 1; RAISERROR('a %d', 16, 1, 5) WITH NOWAIT", ['throw', 'raiserror']],
    [
      'BEGIN TRAN a; SAVE TRANSACTION b; ROLLBACK TRAN b; COMMIT',
      ['transaction', 'transaction', 'transaction', 'transaction'],
    ],
    ["EXEC @rc = dbo.p 1, @b = 'x', @c = @d OUTPUT; EXEC (@sql + N'')", ['execute', 'execute string']],
    ["sp_executesql N'SELECT @a', N'@a int', @a = 1", ['execute']],
    [
      'INSERT BULK dbo.t ([a] int, [b] nvarchar(10) COLLATE Latin1_General_CI_AS) WITH (KEEP_NULLS, TABLOCK)',
      ['insert bulk'],
    ],
    ["INSERT INTO t (a) EXEC p 'x'", ['insert']],
    ["TRUNCATE TABLE dbo.t; WAITFOR DELAY '00:00:01'", ['truncate', 'waitfor']],
    [
      'CREATE TABLE t (id int IDENTITY(1,1) CONSTRAINT pk PRIMARY KEY CLUSTERED, a decimal(10,2) NOT NULL CONSTRAINT df DEFAULT (0), b AS a * 2 PERSISTED, CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (a) ON DELETE CASCADE, CHECK (a > 0), INDEX ix (a DESC))',
      ['create table'],
    ],
    [
      'ALTER TABLE t ADD c int NULL, CONSTRAINT d DEFAULT 1 FOR c; ALTER TABLE t ALTER COLUMN c bigint NOT NULL; ALTER TABLE t DROP COLUMN IF EXISTS c; ALTER TABLE t DROP CONSTRAINT d',
      ['alter table', 'alter table', 'alter table', 'alter table'],
    ],
    [
      'CREATE UNIQUE NONCLUSTERED INDEX ix ON dbo.t (a, b DESC) INCLUDE (c) WHERE a IS NOT NULL WITH (ONLINE = ON)',
      ['create index'],
    ],
    ['DROP TABLE IF EXISTS a, dbo.b; DROP INDEX IF EXISTS ix ON t; DROP PROCEDURE p', ['drop', 'drop index', 'drop']],
    [
      'CREATE USER [x@y.z] FROM EXTERNAL PROVIDER; ALTER ROLE db_datareader ADD MEMBER [x@y.z]; GRANT SELECT, VIEW DEFINITION ON SCHEMA::etl TO app',
      ['create user', 'alter role', 'permission'],
    ],
    [
      "CREATE EXTERNAL DATA SOURCE lake WITH (LOCATION = 'https://x', CREDENTIAL = c); CREATE EXTERNAL FILE FORMAT f WITH (FORMAT_TYPE = DELIMITEDTEXT, FORMAT_OPTIONS (FIELD_TERMINATOR = ','))",
      ['create external data source', 'create external file format'],
    ],
    [
      "CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'Managed Identity'; CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'x'",
      ['create credential', 'create master key'],
    ],
    ['ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON', ['alter database']],
    ['MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE;', ['merge']],
  ])('%s', (sql, expected) => {
    expect(kinds(sql)).toEqual(expected);
  });

  test('a procedure keeps its text and holds the rest of the batch', () => {
    const sql = '-- head\nCREATE OR ALTER PROCEDURE etl.p @a int, @b bit = 0 AS\nSET NOCOUNT ON;\nSELECT @a;\n';
    const [node] = parseBatch(sql).statements;
    expect(node).toMatchObject({
      kind: 'create procedure',
      line: 2,
      mode: 'create or alter',
      name: { parts: ['etl', 'p'] },
    });
    if (node?.kind !== 'create procedure') throw new Error('not a procedure');
    expect(node.body.map((s) => [s.kind, s.line])).toEqual([
      ['set option', 3],
      ['select statement', 4],
    ]);
    expect(node.source).toBe(sql.slice(8));
  });
});

describe("errors are the server's", () => {
  test.each([
    ['SELECT * FROM WHERE', 156, "Incorrect syntax near the keyword 'WHERE'.", 1],
    ['SELECT 1\n+', 102, "Incorrect syntax near '+'.", 2],
    ["SELECT 'abc", 105, "Unclosed quotation mark after the character string 'abc'.", 1],
    ['SELECT 1 /* x', 113, "Missing end comment mark '*/'.", 1],
    [
      'IF 1 SELECT 1',
      4145,
      "An expression of non-boolean type specified in a context where a condition is expected, near 'SELECT'.",
      1,
    ],
    ['SELECT 1\nSELEC 1', 102, "Incorrect syntax near '1'.", 2],
    [
      'MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE',
      10713,
      'A MERGE statement must be terminated by a semi-colon (;).',
      1,
    ],
  ])('%s', (sql, number, message, line) => {
    expect(failure(sql)).toMatchObject({ number, message, line });
  });

  test.each([
    ['SELECT 1 FOR XML PATH', 'FOR XML'],
    ['DECLARE @c CURSOR', 'cursor variables'],
    ['GOTO x', 'GOTO'],
    ['CREATE FUNCTION f() RETURNS int AS BEGIN RETURN 1 END', 'CREATE FUNCTION'],
    ['CREATE TRIGGER t ON x AFTER INSERT AS SELECT 1', 'CREATE TRIGGER'],
    ['DECLARE @x xml', 'the data type xml'],
  ])('%s is named as not implemented', (sql, construct) => {
    expect(failure(sql)).toMatchObject({ number: 40517 });
    expect(failure(sql).message).toContain(construct);
  });

  test('nesting beyond measure is an error, not a crash', () => {
    expect(failure(`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`)).toMatchObject({ number: 191 });
  });
});

describe('any text', () => {
  const onlySqlError = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  };
  const words =
    "SELECT FROM WHERE a b t @x @@ROWCOUNT ( ) , . ; * = <> + - 'x' N'y' 1 2.5 0xFF [q] CASE WHEN THEN END AND OR NOT IN EXISTS INSERT INTO VALUES UPDATE SET DELETE MERGE USING ON WITH AS JOIN GROUP BY ORDER OVER BEGIN TRY CATCH IF ELSE DECLARE int CREATE TABLE PROCEDURE EXEC DROP NULL CAST".split(
      ' ',
    );
  test('tokenizes or fails with SqlError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => onlySqlError(() => tokenize(text))),
      { numRuns: 400 },
    );
  });
  test('parses or fails with SqlError', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 25 }), (parts) =>
        onlySqlError(() => parseBatch(parts.join(' '))),
      ),
      { numRuns: 1500 },
    );
  });
  test('tokens cover the text in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 25 }), (parts) => {
        const text = parts.join(' ');
        const tokens = tokenize(text).slice(0, -1);
        expect(tokens.map((t) => text.slice(t.start, t.end)).join('')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('splitBatches', () => {
  test('cuts at GO lines outside strings and comments', () => {
    const script = "SELECT 1\nGO\n/*\nGO\n*/ SELECT 'a\nGO\n'\ngo 3\n\nGO\nSELECT [x]] GO]\n";
    expect(splitBatches(script)).toEqual([
      { sql: 'SELECT 1\n', line: 1, count: 1 },
      { sql: "/*\nGO\n*/ SELECT 'a\nGO\n'\n", line: 3, count: 3 },
      { sql: 'SELECT [x]] GO]\n', line: 11, count: 1 },
    ]);
  });
});
