/** Pipeline definitions as they are published. Anything typed `unknown` may hold expressions. */

export type DependencyCondition = 'Succeeded' | 'Failed' | 'Skipped' | 'Completed';

export interface ActivityDependency {
  readonly activity: string;
  readonly dependencyConditions: readonly DependencyCondition[];
}

export interface ActivityPolicy {
  readonly timeout?: unknown;
  readonly retry?: unknown;
  readonly retryIntervalInSeconds?: number;
  readonly secureInput?: boolean;
  readonly secureOutput?: boolean;
}

export interface ResourceReference {
  readonly referenceName: string;
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Activity {
  readonly name: string;
  readonly type: string;
  readonly dependsOn?: readonly ActivityDependency[];
  readonly policy?: ActivityPolicy;
  readonly userProperties?: readonly { readonly name: string; readonly value: unknown }[];
  readonly typeProperties?: Readonly<Record<string, unknown>>;
  readonly linkedServiceName?: ResourceReference;
  readonly inputs?: readonly ResourceReference[];
  readonly outputs?: readonly ResourceReference[];
  readonly state?: 'Active' | 'Inactive';
  readonly onInactiveMarkAs?: 'Succeeded' | 'Failed' | 'Skipped';
}

export interface ParameterSpecification {
  readonly type: string;
  readonly defaultValue?: unknown;
}

export interface PipelineDefinition {
  readonly activities?: readonly Activity[];
  readonly parameters?: Readonly<Record<string, ParameterSpecification>>;
  readonly variables?: Readonly<Record<string, ParameterSpecification>>;
  readonly concurrency?: number;
  readonly annotations?: readonly unknown[];
  readonly runDimensions?: Readonly<Record<string, unknown>>;
}

/** The activities that a control-flow activity holds, by the branch they stand in. */
export function branchesOf(activity: Activity): readonly (readonly Activity[])[] {
  const properties = activity.typeProperties ?? {};
  const list = (value: unknown): readonly Activity[] => (Array.isArray(value) ? (value as Activity[]) : []);
  const cases = Array.isArray(properties['cases']) ? (properties['cases'] as { activities?: unknown }[]) : [];
  return [
    list(properties['activities']),
    list(properties['ifTrueActivities']),
    list(properties['ifFalseActivities']),
    list(properties['defaultActivities']),
    ...cases.map((one) => list(one.activities)),
  ].filter((branch) => branch.length > 0);
}
