import type { ActivityType } from '../runtime/activity-context.ts';
import { ActivityError } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { readBoolean, readObject, requireReference } from './properties.ts';

export const executePipeline: ActivityType = {
  control: true,
  async execute(context) {
    const { referenceName } = requireReference(context, context.properties['pipeline'], 'pipeline');
    const waits = readBoolean(context, 'waitOnCompletion', true);
    const given = context.properties['parameters'] == null ? {} : readObject(context, 'parameters');
    // Arrays and objects reach the child as text; a child that declares an array reads it back.
    const parameters = Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const evaluated = context.evaluate(value);
        return [name, typeof evaluated === 'object' && evaluated !== null ? asText(evaluated) : evaluated];
      }),
    );
    context.input({ pipelineName: referenceName, parameters });

    const child = context.host.startChild({
      pipeline: referenceName,
      parameters,
      parent: context.run.record.run,
      activityRunId: context.activityRunId,
    });
    const output = { pipelineRunId: child.runId, pipelineName: referenceName };
    context.progress(output);
    if (!waits) return output;

    const stop = () => child.cancel();
    context.signal.addEventListener('abort', stop, { once: true });
    if (context.signal.aborted) stop();
    const { run, returnValue } = await child.ended;
    context.signal.removeEventListener('abort', stop);
    if (run.status === 'Succeeded') return { ...output, pipelineReturnValue: returnValue };
    throw Object.assign(
      new ActivityError('BadRequest', run.status === 'Cancelled' ? `The pipeline run ${run.runId} of '${referenceName}' was cancelled.` : run.message),
      { output },
    );
  },
};
