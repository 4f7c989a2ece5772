import { ActivityError } from '../runtime/activity-error.ts';
import type { Recovery } from '../runtime/run-manager.ts';
import { ArmError } from './arm-error.ts';
import type { ArmRequest, FactoryService, Operation } from './operation.ts';

/** Starts a run; the body holds its parameters. A rerun refers to an earlier run and takes that one's parameters unless given others. */
export const pipelinesCreateRun: Operation = (request, service) => {
  const pipeline = request.parameters['pipelineName']!;
  const recovery = recoveryOf(request);
  const reference = recovery && referencedRun(recovery.referenceRunId, pipeline, request, service);
  // Plain numbers here: parameters are values to compute with, not definitions to give back.
  const given = JSON.parse(JSON.stringify(request.body())) as Record<string, unknown>;
  try {
    const { runId } = service.manager.start({
      pipeline,
      parameters: Object.keys(given).length === 0 && reference !== undefined ? reference.parameters : given,
      invokedBy: { id: service.newId(), name: 'Manual', invokedByType: 'Manual' },
      ...(reference?.runGroupId === undefined ? {} : { runGroupId: reference.runGroupId }),
      ...(recovery === undefined ? {} : { recovery }),
    });
    return { status: 200, body: { runId } };
  } catch (error) {
    if (!(error instanceof ActivityError)) throw error;
    throw new ArmError(
      error.code === 'PipelineNotFound' ? 404 : 400,
      error.code,
      error.message,
      `pipeline/${pipeline}`,
    );
  }
};

function recoveryOf({ query }: ArmRequest): Recovery | undefined {
  const referenceRunId = query.get('referencePipelineRunId');
  if (referenceRunId === null) return undefined;
  const startActivityName = query.get('startActivityName');
  return {
    referenceRunId,
    ...(startActivityName === null ? {} : { startActivityName }),
    startFromFailure: query.get('startFromFailure')?.toLowerCase() === 'true',
  };
}

function referencedRun(runId: string, pipeline: string, request: ArmRequest, { runs }: FactoryService) {
  const record = runs.get(runId);
  if (record === undefined || record.run.pipelineName.toLowerCase() !== pipeline.toLowerCase())
    throw new ArmError(
      400,
      'ReferencedPipelineRunNotValid',
      `Referenced pipeline run id ${runId} is not a valid run id.`,
      `pipeline/${pipeline}/`,
    );
  // isRecovery makes the new run one of the old one's group; without it the run only takes parameters over.
  const recovers = request.query.get('isRecovery')?.toLowerCase() === 'true';
  return { parameters: record.run.parameters, runGroupId: recovers ? record.run.runGroupId : undefined };
}
