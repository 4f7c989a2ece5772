import type { ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, Cancellation } from '../runtime/activity-error.ts';
import type { ChildRun } from '../runtime/host.ts';
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

    const { run, returnValue } = await untilEnded(child, context.signal);
    if (run.status === 'Succeeded') return { ...output, pipelineReturnValue: returnValue };
    throw Object.assign(
      new ActivityError(
        'BadRequest',
        run.status === 'Cancelled' ? `The pipeline run ${run.runId} of '${referenceName}' was cancelled.` : run.message,
      ),
      { output },
    );
  },
};

/** Waits for the child. When the parent is told to stop, the child is too, unless the cancellation was not a recursive one. */
async function untilEnded(child: ChildRun, signal: AbortSignal): Promise<Awaited<ChildRun['ended']>> {
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      if (signal.reason instanceof Cancellation && !signal.reason.recursive) reject(signal.reason);
      else child.cancel();
    };
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([child.ended, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
