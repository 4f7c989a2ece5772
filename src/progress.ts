/** What a long-running function tells of its work; the command line, the actions and the tests each listen in their own way. */
export interface ProgressEvent {
  /** One plain line, such as `orders: 12,000 of 45,000 rows`. */
  readonly message: string;
  /** 0 to 1 where the end is known. */
  readonly fraction?: number;
}

export type Progress = (event: ProgressEvent) => void;

export const silent: Progress = () => {};
