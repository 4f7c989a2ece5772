import { withoutUnset } from '../../../../emulators/data-factory/runtime/unset.ts';

/** As the SDK for Go writes a pipeline: every property of any type, null where the caller set nothing. */
const cases: [string, unknown, unknown][] = [
  [
    'properties of activities, at any depth',
    {
      activities: [
        {
          type: 'IfCondition',
          policy: { timeout: null, retry: 1 },
          typeProperties: {
            ifTrueActivities: [{ typeProperties: { source: { type: 'AzureSqlSource', sqlReaderQuery: null } } }],
          },
        },
      ],
    },
    {
      activities: [
        {
          type: 'IfCondition',
          policy: { retry: 1 },
          typeProperties: { ifTrueActivities: [{ typeProperties: { source: { type: 'AzureSqlSource' } } }] },
        },
      ],
    },
  ],
  [
    'defaults of parameters and variables, but not what is inside a default',
    { parameters: { a: { type: 'String', defaultValue: null } }, variables: { b: { defaultValue: { c: null } } } },
    { parameters: { a: { type: 'String' } }, variables: { b: { defaultValue: { c: null } } } },
  ],
  [
    'not the parameter that is called value',
    { parameters: { value: { type: 'String', defaultValue: null } } },
    { parameters: { value: { type: 'String' } } },
  ],
  [
    'not what is given for parameters',
    { activities: [{ typeProperties: { pipeline: null, parameters: { a: null, b: { c: null } } } }] },
    { activities: [{ typeProperties: { parameters: { a: null, b: { c: null } } } }] },
  ],
  [
    'not a value that is null, as of a variable or of a parameter of a script',
    { activities: [{ typeProperties: { value: null, scripts: [{ parameters: [{ value: null, size: null }] }] } }] },
    { activities: [{ typeProperties: { value: null, scripts: [{ parameters: [{ value: null }] }] } }] },
  ],
];

describe('what is not set', () => {
  test.each(cases)('%s', (_, given, expected) => {
    expect(withoutUnset(given)).toEqual(expected);
  });
});
